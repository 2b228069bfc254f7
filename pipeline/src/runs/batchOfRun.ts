import { fieldsOf, isText } from '@etl/lib/reading';
import { type Batch, batchOfWorkflowId } from '../layout';
import type { RunFacts } from './runFacts';

const fields = ['dataset', 'batchDate', 'source'] as const;

/**
 * Returns the batch that a run of a file delivers, as far as it is known: from its result, its workflow ID, its answer to the
 * query `status` or the memo of its end, and its event, in this order.
 */
export function batchOfRun({
  workflowId,
  memo,
  answer,
  input,
  result,
}: Pick<RunFacts, 'workflowId' | 'memo' | 'answer' | 'input' | 'result'>): Partial<Batch> {
  return {
    ...textsIn(fieldsOf(input).detail),
    ...textsIn(memo?.etl),
    ...textsIn(fieldsOf(answer).batch),
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
