import { fieldsOf, isAmount } from '@etl/lib/reading';

export interface Waited {
  /** How long earlier attempts have waited, in seconds. */
  readonly before: number;
  /** Heartbeat details that hand what has been waited until now on to the next attempt. */
  details(): { readonly waitedSeconds: number };
}

/**
 * Measures how long a wait lasts across its attempts, each by the monotonic clock of its own worker: clocks of workers and services
 * may differ by any amount. Time between two attempts does not count. `last`: the details of the last heartbeat of the attempt
 * before.
 */
export function measureWait(last: unknown, now: () => number = () => performance.now()): Waited {
  const { waitedSeconds } = fieldsOf(last);
  const before = isAmount(waitedSeconds) ? waitedSeconds : 0;
  const since = now();
  return { before, details: () => ({ waitedSeconds: Math.round(before + (now() - since) / 1000) }) };
}
