import type { Progress } from '@etl/pipeline/manifest';

/** Most tasks are short: a young one may end at any time. */
const youngMs = 60_000;
/** An end is likely from this share of the expected time on. */
const likelyShare = 0.8;

/**
 * Returns from when on the end of a running task is likely: by its progress and pace, else by the plan's estimate; Infinity when
 * nothing is known. All times are milliseconds by one clock, which is that of the caller: `startedAt`, since when it has seen the
 * task run; `readAt`, when it has read the progress.
 */
export function endLikelyAt(of: {
  readonly now: number;
  readonly startedAt: number;
  readonly estimateSeconds: number | undefined;
  readonly progress: Progress | undefined;
  readonly readAt: number | undefined;
}): number {
  const { now, startedAt, estimateSeconds, progress, readAt = now } = of;
  if (now - startedAt < youngMs) return now;
  if (progress && progress.phase !== 'starting' && progress.phase !== 'converting') return now;
  if (progress && progress.bytesRead > 0 && progress.bytesTotal > 0) {
    const ranMs = readAt - startedAt;
    return startedAt + (likelyShare * ranMs * progress.bytesTotal) / progress.bytesRead;
  }
  return estimateSeconds === undefined ? Number.POSITIVE_INFINITY : startedAt + likelyShare * estimateSeconds * 1000;
}
