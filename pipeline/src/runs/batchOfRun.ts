import { fieldsOf, isText } from '@etl/lib/reading';
import { type Batch, batchOfWorkflowId } from '../layout';
import type { RunFacts } from './runFacts';

const fields = ['dataset', 'batchDate', 'source'] as const;

/**
 * Returns the batch of a pipeline run. Precedence: result, answer to the query `status`, memo, workflow ID, event. Unknown
 * fields are absent.
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
    ...batchOfWorkflowId(workflowId),
    ...textsIn(memo?.etl),
    ...textsIn(fieldsOf(answer).batch),
    ...textsIn(fieldsOf(result).batch),
  };
}

function textsIn(value: unknown): Partial<Batch> {
  const found = fieldsOf(value);
  return Object.fromEntries(
    fields.flatMap((name) => (isText(found[name], 1024) && found[name] !== '' ? [[name, found[name]]] : [])),
  );
}
