import type { Progress } from '@etl/pipeline/manifest';

export interface Pace {
  readonly bytesPerSecond: number;
  /** Seconds until the source is read; undefined while nothing says how long it is. */
  readonly secondsLeft: number | undefined;
}

/**
 * Measures how fast progress goes, from the first that it is given: what was done before does not make it look faster. It begins
 * anew when less is read than before, as by the next task.
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
