import { setTimeout as sleep } from 'node:timers/promises';
import { ThrottledError } from '../../../activities/ports';
import { ConflictError } from './errors';

/** More than the batches of a dataset that usually change its table at the same time: each of them wins once. */
const maxAttempts = 40;
const firstPauseMs = 20;
const longestPauseMs = 1_000;

/**
 * Repeats a cycle of reads and changes while other writers interfere. The pauses are random, so that writers that
 * collided do not collide again.
 * @throws ThrottledError after 40 attempts
 */
export async function untilUnopposed<T>(cycle: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await cycle();
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (attempt === maxAttempts)
        throw new ThrottledError(`${attempt} attempts met other writers: ${error.message}`, { cause: error });
    }
    await sleep(Math.random() * Math.min(firstPauseMs * 2 ** attempt, longestPauseMs));
  }
}
