import { apiRetry } from '@etl/pipeline/definition';
import { pauseSeconds, retriesWithin } from '@etl/pipeline/retries';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities } from './contract';
import { detailsToHandOn } from './heartbeat';
import { CredentialsError } from './ports';
import { wrapEach } from './wrapEach';

/**
 * An attempt that was refused only after this many seconds had valid credentials before, so the retry budget starts
 * again.
 */
const workedSeconds = 60;

/** Count kept in heartbeat details, which each attempt passes to the next one, on any worker. */
interface Refusals {
  /** Consecutive attempts with refused credentials. */
  readonly credentialRefusals: number;
}

/**
 * Wraps the activities so that refused credentials are retried for `retrySeconds` and then fail for good. Temporal runs
 * the retries, so another worker may take the next attempt. The budget is counted in attempts, not time: AWS also
 * refuses a machine whose clock is wrong.
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
