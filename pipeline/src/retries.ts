import type { RetryPolicy } from './definition';

/** Returns the seconds to wait before retry number `retry` (1, 2, …). */
export function pauseSeconds(policy: RetryPolicy, retry: number): number {
  return Math.min(policy.intervalSeconds * policy.backoffRate ** (retry - 1), policy.maxIntervalSeconds);
}

/** Returns the number of retries that begin within `totalSeconds`, when each attempt takes `attemptSeconds`. */
export function retriesWithin(totalSeconds: number, policy: RetryPolicy, attemptSeconds: number): number {
  let retries = 0;
  let elapsed = attemptSeconds;
  for (;;) {
    const wait = pauseSeconds(policy, retries + 1);
    // Temporal does not wait for an attempt that could not begin within the bound.
    if (elapsed + wait >= totalSeconds) return retries;
    retries += 1;
    elapsed += wait + attemptSeconds;
  }
}
