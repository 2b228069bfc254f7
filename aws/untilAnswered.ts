import { setTimeout as delay } from 'node:timers/promises';

const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/**
 * The answer of `work`, however often it has to be asked: after an error it waits, each time twice as long, up to a minute.
 * Undefined once `signal` aborts. `onError` is told of each error, and how long it waits.
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
