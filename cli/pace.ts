import type { Progress } from '@etl/pipeline/manifest';

export interface Pace {
  readonly bytesPerSecond: number;
  /** Estimated seconds until the source is read; undefined while its length is unknown. */
  readonly secondsLeft: number | undefined;
}

/**
 * Creates a function that measures the speed of progress, starting with the first report: earlier work does not count.
 * It starts again when fewer bytes are read than before, as after the launch of another task.
 */
export function createPace(): (progress: Progress) => Pace | undefined {
  let first: Progress | undefined;
  return (progress) => {
    if (progress.phase !== 'converting') return undefined;
    if (!first || progress.bytesRead < first.bytesRead) first = progress;
    const seconds = (Date.parse(progress.updatedAt) - Date.parse(first.updatedAt)) / 1000;
    const bytes = progress.bytesRead - first.bytesRead;
    if (seconds <= 0 || bytes <= 0) return undefined;
    const bytesPerSecond = bytes / seconds;
    const left = progress.bytesTotal - progress.bytesRead;
    return { bytesPerSecond, secondsLeft: progress.bytesTotal > 0 ? Math.max(0, left) / bytesPerSecond : undefined };
  };
}
