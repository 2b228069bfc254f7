import { credentials, type RetriedStep } from '@etl/pipeline/definition';
import { retriesWithin } from '@etl/pipeline/retries';
import type { Retrier } from './types';

/**
 * Returns the retriers of a call, as the step is defined. A total bound is Temporal's: a state has none over its attempts, so
 * their number is what fits into it, of attempts that fail at once, and of attempts that time out. `final` names errors that are not
 * tried again, `refused` the one of credentials, which is tried again for `credentials.retrySeconds`.
 */
export function callRetries(step: RetriedStep, final: readonly string[] = [], refused?: string): Retrier[] {
  const { retry, attemptTimeoutSeconds, totalTimeoutSeconds } = step;
  const paced = (ErrorEquals: string[], attemptSeconds: number, seconds = totalTimeoutSeconds): Retrier => ({
    ErrorEquals,
    IntervalSeconds: retry.intervalSeconds,
    BackoffRate: retry.backoffRate,
    MaxDelaySeconds: retry.maxIntervalSeconds,
    MaxAttempts: retriesWithin(seconds, retry, attemptSeconds),
  });
  return [
    ...(final.length > 0 ? [{ ErrorEquals: final, MaxAttempts: 0 }] : []),
    ...(refused === undefined ? [] : [paced([refused], 0, credentials.retrySeconds)]),
    paced(['States.Timeout'], attemptTimeoutSeconds),
    paced(['States.TaskFailed'], 0),
  ];
}
