import { cut } from './capped';

/** The last `count` lines that tell why a task failed, oldest first; long ones are cut: the tail goes into the run's history. */
export function lastLines(lines: readonly string[], count: number): string[] {
  return lines
    .filter((line) => line.trim() !== '' && !isProgress(line))
    .slice(-count)
    .map((line) => cut(line));
}

/** What a task says while all goes well tells nothing about why it failed. */
function isProgress(line: string): boolean {
  return line.includes('"event":"progress"');
}
