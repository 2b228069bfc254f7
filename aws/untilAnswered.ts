import { setTimeout as delay } from 'node:timers/promises';

const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/**
 * Retries `work` until it succeeds and returns its result. The backoff doubles after each error, up to one minute.
 * Returns undefined once `signal` aborts. `onError` receives each error and the wait before the next attempt.
 */
export async function untilAnswered<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  onError: (error: Error, pauseMs: number) => void,
): Promise<T | undefined> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return undefined;
      onError(error as Error, pauseMs);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }
}
