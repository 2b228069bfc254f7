import { appendFile, rm } from 'node:fs/promises';
import { fileWork } from '@etl/storage/fileErrors';
import type { Position } from '../csv/window';
import type { Place } from '../engine/engine';

/** What was found in a chunk and has to be told: a JSON object a line, with its place in the source, and how often what. */
export class Findings {
  private readonly counts = new Map<string, number>();

  constructor(private readonly path: string) {}

  get count(): number {
    return [...this.counts.values()].reduce((sum, each) => sum + each, 0);
  }

  byKind(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }

  /** `start`: where the group begins whose findings these are. */
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
    await fileWork(this.path, () => appendFile(this.path, lines.join('')));
  }

  /** Takes the file to a safe place, when there is one. */
  async shelve(put: (path: string) => Promise<string>): Promise<string | undefined> {
    return this.count > 0 ? put(this.path) : undefined;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
