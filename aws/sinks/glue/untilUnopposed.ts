import { setTimeout as sleep } from 'node:timers/promises';
import { ThrottledError } from '../../../activities/ports';
import { ConflictError } from './errors';

/** Exceeds the usual number of batches that change one table at the same time. In each round, one of them succeeds. */
const maxAttempts = 40;
const firstPauseMs = 20;
const longestPauseMs = 1_000;

/**
 * Repeats a cycle of reads and changes while it conflicts with other writers. The pauses are random, so that writers that
 * conflicted do not conflict again.
 * @throws ThrottledError after 40 attempts
 */
export async function untilUnopposed<T>(cycle: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await cycle();
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (attempt === maxAttempts)
        throw new ThrottledError(`${attempt} attempts conflicted with other writers: ${error.message}`, {
          cause: error,
        });
    }
    await sleep(Math.random() * Math.min(firstPauseMs * 2 ** attempt, longestPauseMs));
  }
}
