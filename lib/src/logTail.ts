import { cut } from './capped';

/**
 * Returns the last `count` log lines of a failed task, without progress, oldest first, truncated for the run's history.
 */
export function lastLines(lines: readonly string[], count: number): string[] {
  return lines
    .filter((line) => line.trim() !== '' && !isProgress(line))
    .slice(-count)
    .map((line) => cut(line));
}

/** Progress does not help to explain a failure. */
function isProgress(line: string): boolean {
  return line.includes('"event":"progress"');
}
