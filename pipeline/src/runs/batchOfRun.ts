import { fieldsOf, isText } from '@etl/lib/reading';
import { type Batch, batchOfWorkflowId } from '../layout';
import type { RunFacts } from './runFacts';

const fields = ['dataset', 'batchDate', 'source'] as const;

/**
 * Returns the batch that a run of a file delivers, as far as it is known: from its result, its workflow ID, the memo of its
 * end, and its event, in this order. A run that was started with another workflow ID has no more than an event until it ends.
 */
export function batchOfRun({
  workflowId,
  memo,
  input,
  result,
}: Pick<RunFacts, 'workflowId' | 'memo' | 'input' | 'result'>): Partial<Batch> {
  return {
    ...textsIn(fieldsOf(input).detail),
    ...textsIn(memo?.etl),
    ...batchOfWorkflowId(workflowId),
    ...textsIn(fieldsOf(result).batch),
  };
}

function textsIn(value: unknown): Partial<Batch> {
  const found = fieldsOf(value);
  return Object.fromEntries(
    fields.flatMap((name) => (isText(found[name], 1024) && found[name] !== '' ? [[name, found[name]]] : [])),
  );
}
