import { baseName } from '@etl/lib/uri';
import { evidenceOf } from '@etl/pipeline/evidence';
import { failureOf } from '@etl/pipeline/failures/classify';
import type { FailureType } from '@etl/pipeline/failures/table';
import { reasonOf, type TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { patched } from '@temporalio/workflow';
import { confirmWork, withSummary } from './activities';
import { commitMissing, confirmed, type Delivered } from './confirmed';
import { failure } from './failures';
import type { Ended, RunContext } from './runTask';

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { limitsOfStarts: 'limits-of-starts' } as const;

/** Returns the failure type of a task's end. Calls `patched` only if the versions differ. */
function failedOf(end: TaskEnd): FailureType | undefined {
  const failed = failureOf(end);
  const earlier = failureOf(end, false);
  return failed === earlier || patched(patches.limitsOfStarts) ? failed : earlier;
}

/**
 * Returns the commit of a task that publishes.
 * @throws the failure of the task
 */
export async function settleCommit(context: RunContext, { end, generation }: Ended): Promise<Delivered> {
  const failed = failedOf(end);
  const evidence = evidenceOf(generation, end);
  // A task that ECS no longer knows may have committed: check the commit log.
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  const otherwise = failed ? failure(failed, reasonOf(end), evidence) : commitMissing(evidence);
  // Only exit code 0 proves that the task has projected its commit.
  return confirmed(context, evidence, otherwise, failed !== undefined);
}

/**
 * Returns the URI of the file that a task writes without publishing.
 * @throws the failure of the task
 */
export async function settleWork({ title }: RunContext, { end, generation }: Ended, uri: string): Promise<string> {
  const failed = failedOf(end);
  const evidence = evidenceOf(generation, end);
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  if (await confirmWork.executeWithOptions(withSummary(`${title}: ${baseName(uri)}`), [{ uri }])) return uri;
  if (failed) throw failure(failed, reasonOf(end), evidence);
  throw failure('CommitMissing', `the container ended with exit code 0, but ${uri} does not exist`, evidence);
}
