import { setTimeout as delay } from 'node:timers/promises';
import { causeOf } from '@etl/pipeline/causes/causeOf';

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * Awaits `work`, and repeats it while a service throttles it, until `signal` aborts: then the last error is thrown. Half of each pause
 * is random, so that what was refused together does not come back together.
 */
export async function whileThrottled<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (causeOf(error)?.kind !== 'Throttled') throw error;
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}
