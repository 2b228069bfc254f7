import type { Progress } from '@etl/pipeline/manifest';

/** Milliseconds during which a task may end at any time, since most tasks are short. */
const youngMs = 60_000;
/** Share of the expected duration after which an end is likely. */
const likelyShare = 0.8;

/**
 * Returns the time from which the end of a running task is likely: by its progress and pace, otherwise by the plan's
 * estimate; Infinity if neither is known. All times are milliseconds of the caller's clock. `startedAt`: when the
 * caller first saw the task running; `readAt`: when it read the progress.
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
