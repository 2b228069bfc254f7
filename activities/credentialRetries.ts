import { apiRetry } from '@etl/pipeline/definition';
import { pauseSeconds, retriesWithin } from '@etl/pipeline/retries';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities } from './contract';
import { detailsToHandOn } from './heartbeat';
import { CredentialsError } from './ports';
import { wrapEach } from './wrapEach';

/** An attempt that was refused only after so long had credentials before: the budget begins anew. */
const workedSeconds = 60;

/** Kept in heartbeat details, which an attempt hands on to the next one, on whichever worker that is. */
interface Refusals {
  /** Attempts in a row that were refused. */
  readonly credentialRefusals: number;
}

/**
 * Returns the same activities, which retry refused credentials for `retrySeconds` and then fail for good. Temporal repeats them, so
 * that another worker may have the next attempt. The budget is counted in attempts: a machine whose clock is wrong is refused, too.
 */
export function withCredentialRetries(activities: EtlActivities, retrySeconds: number): EtlActivities {
  const most = retriesWithin(retrySeconds, apiRetry, 0);
  return wrapEach(activities, async (work) => {
    const startedAt = performance.now();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      const hasWorked = performance.now() - startedAt > workedSeconds * 1000;
      const refusals = hasWorked ? 1 : refusalsBefore() + 1;
      heartbeat({ ...detailsToHandOn(), credentialRefusals: refusals } satisfies Refusals);
      throw ApplicationFailure.create({
        message: error.message,
        type: 'BadConfiguration',
        nonRetryable: refusals > most,
        nextRetryDelay: pauseSeconds(apiRetry, refusals) * 1000,
        cause: error,
      });
    }
  });
}

function refusalsBefore(): number {
  const details = activityInfo().heartbeatDetails as Partial<Refusals> | undefined;
  return details?.credentialRefusals ?? 0;
}
