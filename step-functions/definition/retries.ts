import { credentials, type RetriedStep } from '@etl/pipeline/definition';
import { retriesWithin } from '@etl/pipeline/retries';
import type { Retrier } from './types';

/**
 * Returns the retriers of a call according to its step. Only Temporal bounds the total time of all attempts; a state
 * has no such bound. The number of attempts is therefore what fits into the total, both for attempts that fail at once
 * and for attempts that time out. `final` names errors that are not retried. `refused` names the credentials error,
 * which is retried for `credentials.retrySeconds`.
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
