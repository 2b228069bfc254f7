/** Share of the heartbeat timeout after which the last heartbeat is repeated, with or without anything new. */
export const repeatShare = 2 / 3;
/** Progress is read and reported after at least so many looks at a task (`ETL_POLL_SECONDS`). */
export const looksPerReport = 5;
/** Reports of all waits of a worker together, a second, as long as none of them has to wait longer than `mostSeconds`. */
const mostPerSecond = 50;
/** A report is part of a heartbeat, which the worker sends at least so often anyway. */
const mostSeconds = 20;
/** Of one wait. */
const steadySeconds = 10;

/**
 * Returns the seconds until a wait reports progress again: a twentieth of the time that its task has run, `leastSeconds` to 10,
 * and up to 20 on a worker with more than 500 waits. Each report reads one small object and is one heartbeat.
 */
export function reportSeconds(of: {
  readonly ranSeconds: number;
  readonly waits: number;
  readonly leastSeconds: number;
}): number {
  const alone = Math.max(Math.min(of.ranSeconds / 20, steadySeconds), of.leastSeconds);
  return Math.min(Math.max(alone, of.waits / mostPerSecond), mostSeconds);
}
