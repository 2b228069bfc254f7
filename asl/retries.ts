import type { RetriedStep, RetryPolicy } from '@etl/pipeline/definition';
import type { Retrier } from './types';

/**
 * The retriers of a call, as the step is defined. A total bound is Temporal's: a state has none over its attempts, so
 * their number is what fits into it, of attempts that fail at once, and of attempts that time out. `final` names
 * errors that are not tried again.
 */
export function callRetries(step: RetriedStep, final: readonly string[] = []): Retrier[] {
  const { retry, attemptTimeoutSeconds, totalTimeoutSeconds } = step;
  const paced = (ErrorEquals: string[], attemptSeconds: number): Retrier => ({
    ErrorEquals,
    IntervalSeconds: retry.intervalSeconds,
    BackoffRate: retry.backoffRate,
    MaxDelaySeconds: retry.maxIntervalSeconds,
    MaxAttempts: retriesWithin(totalTimeoutSeconds, retry, attemptSeconds),
  });
  return [
    ...(final.length > 0 ? [{ ErrorEquals: final, MaxAttempts: 0 }] : []),
    paced(['States.Timeout'], attemptTimeoutSeconds),
    paced(['States.TaskFailed'], 0),
  ];
}

/** How many retries begin within `totalSeconds`, of attempts that take `attemptSeconds` each. */
export function retriesWithin(totalSeconds: number, retry: RetryPolicy, attemptSeconds: number): number {
  let retries = 0;
  let elapsed = attemptSeconds;
  for (;;) {
    const wait = Math.min(retry.intervalSeconds * retry.backoffRate ** retries, retry.maxIntervalSeconds);
    // Temporal does not wait for an attempt that the bound would not let begin.
    if (elapsed + wait >= totalSeconds) return retries;
    retries += 1;
    elapsed += wait + attemptSeconds;
  }
}
