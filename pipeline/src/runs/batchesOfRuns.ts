import { type Batch, batchOfWorkflowId } from '../layout';
import { batchOfRun } from './batchOfRun';
import type { RunFacts } from './runFacts';

/**
 * Returns the batch of each run, in the order of the runs. All runs of a file's workflow ID (`etl/…`) have the batch of the
 * newest one: an earlier run may have failed before its dataset was known. Other workflow IDs may be used for several
 * batches.
 */
export function batchesOfRuns(runs: readonly RunFacts[]): Partial<Batch>[] {
  const newest = new Map<string, RunFacts>();
  for (const run of runs) {
    const known = newest.get(run.workflowId);
    if (!known || Date.parse(run.startedAt) > Date.parse(known.startedAt)) newest.set(run.workflowId, run);
  }
  return runs.map((run) => {
    const isOfFile = batchOfWorkflowId(run.workflowId).dataset !== undefined;
    return batchOfRun((isOfFile && newest.get(run.workflowId)) || run);
  });
}
