import type { Evidence } from '@etl/pipeline/evidence';
import type { ApplicationFailure } from '@temporalio/workflow';
import type { CommitAnswer } from '../activities/contract';
import { confirmCommit, withSummary } from './activities';
import { failure } from './failures';
import type { RunContext } from './runTask';

export type Delivered = Extract<CommitAnswer, { kind: 'delivered' }>;

/**
 * Returns the batch's commit from the commit log. With `published`, readers must see it.
 * @throws `Superseded` when a later run published the batch from another source; `otherwise` when there is no commit
 */
export async function confirmed(
  { plan, run, title }: RunContext,
  evidence: Evidence,
  otherwise: ApplicationFailure,
  published = false,
): Promise<Delivered> {
  const commit = await confirmCommit.executeWithOptions(
    withSummary(evidence.generation === undefined ? title : `${title}, launch ${evidence.generation}`),
    [{ plan, run, ...(published && { published }) }],
  );
  if (commit.kind === 'delivered') return commit;
  if (commit.kind === 'missing') throw otherwise;
  const reason = `run ${commit.by}, which started later, published this batch from another source`;
  throw failure('Superseded', reason, evidence);
}

/**
 * Returns the failure of a task that exited with code 0 without a commit: the exit code alone does not prove success.
 */
export function commitMissing(evidence: Evidence): ApplicationFailure {
  const reason = 'the container ended with exit code 0, but the commit log does not contain the batch';
  return failure('CommitMissing', reason, evidence);
}
