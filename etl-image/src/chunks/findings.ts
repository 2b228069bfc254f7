import { appendFile, rm } from 'node:fs/promises';
import { mapFileErrors } from '@etl/storage/fileErrors';
import type { Position } from '../csv/window';
import type { Place } from '../engine/engine';

/**
 * Rejects or coercions of a chunk: a file with one JSON object per line, with positions in the source, and counts by
 * kind.
 */
export class Findings {
  private readonly counts = new Map<string, number>();

  constructor(private readonly path: string) {}

  get count(): number {
    return [...this.counts.values()].reduce((sum, each) => sum + each, 0);
  }

  byKind(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }

  /** Appends the findings of a row group that starts at `start`. */
  async add<Found extends Place>(
    start: Position,
    found: readonly Found[],
    kindOf: (each: Found) => string,
    facts: (each: Found) => Readonly<Record<string, unknown>>,
  ): Promise<void> {
    if (found.length === 0) return;
    const lines = found.map((each) => {
      const kind = kindOf(each);
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      const place = { line: start.line + each.lines, row: start.row + each.row, byteOffset: start.byte + each.byte };
      return `${JSON.stringify({ ...place, ...facts(each) })}\n`;
    });
    await mapFileErrors(this.path, () => appendFile(this.path, lines.join('')));
  }

  /** Stores the file with `put`, if there are findings. */
  async store(put: (path: string) => Promise<string>): Promise<string | undefined> {
    return this.count > 0 ? put(this.path) : undefined;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
