import { openStore } from '@etl/storage/openStore';
import { confirmCommit } from '../activities/confirmCommit';
import type { CommitAnswer, CommitQuery } from '../activities/contract';

/** Its name is what the state machine catches. */
class NotDelivered extends Error {
  constructor(
    override readonly name: 'CommitMissing' | 'Superseded',
    message: string,
  ) {
    super(message);
  }
}

/**
 * The activity `confirmCommit` as a Lambda function. Returns what was delivered; throws an error named `CommitMissing` or
 * `Superseded`, and what trying again may mend.
 */
export async function handler(query: CommitQuery): Promise<Extract<CommitAnswer, { kind: 'delivered' }>> {
  const answer = await confirmCommit(openStore(), query);
  if (answer.kind === 'delivered') return answer;
  if (answer.kind === 'missing') {
    throw new NotDelivered('CommitMissing', 'the task ended, but the commit log has no such batch');
  }
  throw new NotDelivered(
    'Superseded',
    `run ${answer.by}, which started later, published this batch from another source`,
  );
}
