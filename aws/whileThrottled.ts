import { setTimeout as delay } from 'node:timers/promises';
import { causeOf } from '@etl/pipeline/causes/causeOf';

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * Awaits `work` and retries it while a service throttles it. When `signal` aborts, throws the last error. Half of each
 * backoff is random, so that calls throttled together do not retry together.
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
