import { baseName } from '@etl/lib/uri';
import { evidenceOf } from '@etl/pipeline/evidence';
import type { FailureType } from '@etl/pipeline/failures';
import { failureOf, reasonOf, type TaskEnd } from '@etl/pipeline/taskEnd';
import { patched } from '@temporalio/workflow';
import { confirmWork, shown } from './activities';
import { commitMissing, confirmed, type Delivered } from './confirmed';
import { failure } from './failures';
import type { Ended, RunContext } from './runTask';

/** What runs that began under an earlier version do in the old way. */
const patches = { limitsOfStarts: 'limits-of-starts' } as const;

/** What a task failed of. Asks for the version only where it matters. */
function failedOf(end: TaskEnd): FailureType | undefined {
  const failed = failureOf(end);
  const earlier = failureOf(end, false);
  return failed === earlier || patched(patches.limitsOfStarts) ? failed : earlier;
}

/** What the end of a task that publishes means for the batch. Throws what it failed of. */
export async function settleCommit(context: RunContext, { end, generation }: Ended): Promise<Delivered> {
  const failed = failedOf(end);
  const evidence = evidenceOf(generation, end);
  // A task that ECS forgot may have delivered all the same: the commit log knows.
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  const otherwise = failed ? failure(failed, reasonOf(end), evidence) : commitMissing(evidence);
  return confirmed(context, evidence, otherwise);
}

/** The same of a task that leaves a file and publishes nothing. Returns the file's URI. */
export async function settleWork({ title }: RunContext, { end, generation }: Ended, uri: string): Promise<string> {
  const failed = failedOf(end);
  const evidence = evidenceOf(generation, end);
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  if (await confirmWork.executeWithOptions(shown(`${title}: ${baseName(uri)}`), [{ uri }])) return uri;
  if (failed) throw failure(failed, reasonOf(end), evidence);
  throw failure('CommitMissing', `the container ended with exit code 0, but there is no ${uri}`, evidence);
}
