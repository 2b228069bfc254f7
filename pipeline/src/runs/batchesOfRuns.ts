import { type Batch, batchOfWorkflowId } from '../layout';
import { batchOfRun } from './batchOfRun';
import { newestById } from './newestById';
import type { RunFacts } from './runFacts';

/**
 * Returns the batch of each run, in the order of the runs. All runs of a file's workflow ID (`etl/…`) have the batch of the
 * newest one: an earlier run may have failed before its dataset was known. Other workflow IDs may be used for several
 * batches.
 */
export function batchesOfRuns(runs: readonly RunFacts[]): Partial<Batch>[] {
  const newest = newestById(runs, ({ startedAt }) => Date.parse(startedAt));
  return runs.map((run) => {
    const isOfFile = batchOfWorkflowId(run.workflowId).dataset !== undefined;
    return batchOfRun((isOfFile && newest.get(run.workflowId)) || run);
  });
}
