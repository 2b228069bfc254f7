import { allowedPlacesFrom } from '@etl/pipeline/allowedPlacesFrom';
import { confineStore } from '@etl/storage/confinedStore';
import { openStore } from '@etl/storage/openStore';
import { confirmCommit } from '../../activities/confirmCommit';
import type { CommitAnswer, CommitQuery } from '../../activities/contract';
import { NamedError, named } from './named';

/**
 * Runs the activity `confirmCommit` as a Lambda function. Returns the delivered batch.
 *
 * @throws {NamedError} `CommitMissing`, `Superseded` or `BadConfiguration`; other errors may be retried.
 */
export async function handler(query: CommitQuery): Promise<Extract<CommitAnswer, { kind: 'delivered' }>> {
  const store = confineStore(openStore(), allowedPlacesFrom(process.env).places);
  const answer = await named(() => confirmCommit(store, query));
  if (answer.kind === 'delivered') return answer;
  if (answer.kind === 'missing') {
    throw new NamedError('CommitMissing', 'the task ended, but the commit log does not contain the batch');
  }
  throw new NamedError('Superseded', `run ${answer.by}, which started later, published this batch from another source`);
}
