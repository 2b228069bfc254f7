import { fieldsOf, isAmount } from '@etl/lib/reading';

export interface Waited {
  /** Seconds that earlier attempts have waited. */
  readonly before: number;
  /** Returns heartbeat details that pass the total wait so far to the next attempt. */
  details(): { readonly waitedSeconds: number };
}

/**
 * Measures the duration of a wait across its attempts, each on the monotonic clock of its own worker: clocks of workers
 * and services may differ by any amount. Time between two attempts does not count. `last`: the details of the previous
 * attempt's last heartbeat.
 */
export function measureWait(last: unknown, now: () => number = () => performance.now()): Waited {
  const { waitedSeconds } = fieldsOf(last);
  const before = isAmount(waitedSeconds) ? waitedSeconds : 0;
  const since = now();
  return { before, details: () => ({ waitedSeconds: Math.round(before + (now() - since) / 1000) }) };
}
