/** Share of the heartbeat timeout after which the last heartbeat is repeated, with or without new details. */
export const repeatShare = 2 / 3;
/** Minimum number of polls of a task (`ETL_POLL_SECONDS`) between two reports of its progress. */
export const looksPerReport = 5;
/**
 * Maximum number of reports per second, for all waits of a worker together, as long as no wait exceeds `mostSeconds`.
 */
const mostPerSecond = 50;
/**
 * Longest interval between reports, in seconds: a report is part of a heartbeat, which the worker sends at least this
 * often anyway.
 */
const mostSeconds = 20;
/** Longest interval of one wait, in seconds, while the worker's rate allows it. */
const steadySeconds = 10;

/**
 * Returns the seconds until a wait reports progress again: a twentieth of the time that its task has run, between
 * `leastSeconds` and 10, and up to 20 on a worker with more than 500 waits. Each report reads one small object and
 * sends one heartbeat.
 */
export function reportSeconds(of: {
  readonly ranSeconds: number;
  readonly waits: number;
  readonly leastSeconds: number;
}): number {
  const alone = Math.max(Math.min(of.ranSeconds / 20, steadySeconds), of.leastSeconds);
  return Math.min(Math.max(alone, of.waits / mostPerSecond), mostSeconds);
}
