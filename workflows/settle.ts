import { evidenceOf } from '@etl/pipeline/evidence';
import { failureOf, reasonOf } from '@etl/pipeline/taskEnd';
import { baseName } from '@etl/pipeline/uri';
import type { CommitAnswer } from '../activities/contract';
import { call } from './calls';
import { failure } from './failures';
import type { Ended, RunContext } from './runTask';

export type Delivered = Extract<CommitAnswer, { kind: 'delivered' }>;

/** What the end of a task that publishes means for the batch. Throws what it failed of. */
export async function settleCommit({ plan, run, title }: RunContext, { end, generation }: Ended): Promise<Delivered> {
  const failed = failureOf(end);
  const evidence = evidenceOf(generation, end);
  // A task that ECS forgot may have delivered all the same: the commit log knows.
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  const commit = await call('confirmCommit', title)({ plan, run });
  if (commit.kind === 'delivered') return commit;
  if (commit.kind === 'superseded') {
    const reason = `run ${commit.by}, which started later, published this batch from another source`;
    throw failure('Superseded', reason, evidence);
  }
  if (failed) throw failure(failed, reasonOf(end), evidence);
  const reason = 'the container ended with exit code 0, but the commit log has no such batch';
  throw failure('CommitMissing', reason, evidence);
}

/** The same of a task that leaves a file and publishes nothing. Returns the file's URI. */
export async function settleWork({ title }: RunContext, { end, generation }: Ended, uri: string): Promise<string> {
  const failed = failureOf(end);
  const evidence = evidenceOf(generation, end);
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  if (await call('confirmWork', `${title}: ${baseName(uri)}`)({ uri })) return uri;
  if (failed) throw failure(failed, reasonOf(end), evidence);
  throw failure('CommitMissing', `the container ended with exit code 0, but there is no ${uri}`, evidence);
}
