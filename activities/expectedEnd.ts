import type { Progress } from '@etl/pipeline/manifest';

/** Most tasks are short: a young one may end at any time. */
const youngMs = 60_000;
/** An end is likely from this share of the expected time on. */
const likelyShare = 0.8;

/**
 * Returns from when on the end of a running task is likely, in milliseconds since the epoch: by its progress and pace, else by
 * the plan's estimate; Infinity when nothing is known.
 */
export function endLikelyAt(of: {
  readonly now: number;
  readonly startedAt: number;
  readonly estimateSeconds: number | undefined;
  readonly progress: Progress | undefined;
}): number {
  const { now, startedAt, estimateSeconds, progress } = of;
  if (now - startedAt < youngMs) return now;
  if (progress && progress.phase !== 'starting' && progress.phase !== 'converting') return now;
  if (progress && progress.bytesRead > 0 && progress.bytesTotal > 0) {
    const ranMs = Date.parse(progress.updatedAt) - startedAt;
    return startedAt + (likelyShare * ranMs * progress.bytesTotal) / progress.bytesRead;
  }
  return estimateSeconds === undefined ? Number.POSITIVE_INFINITY : startedAt + likelyShare * estimateSeconds * 1000;
}
