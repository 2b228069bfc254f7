import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { defaults, type Options } from '@etl/pipeline/options';
import { BadDataError } from '../config/failures';
import type { Chunk } from '../extractors/chunks';
import type { RawReject } from '../transformers/engine';

/** The rejects of a run, a JSON object a line on the scratch disk, and how many there may be. */
export class Rejects {
  private out: WriteStream | undefined;
  private readonly byReason = new Map<string, number>();
  count = 0;

  constructor(
    private readonly path: string,
    private readonly limits: NonNullable<Options['rejects']>,
  ) {}

  /** Adds a chunk's rejects. `firstRow`: the number of the chunk's first source row. Throws when there are too many. */
  add(chunk: Chunk, firstRow: number, rejects: readonly RawReject[]): void {
    for (const { row, byte, column, reason, raw } of rejects) {
      this.out ??= createWriteStream(this.path);
      const gaps = chunk.gaps.filter((gap) => gap.row < row);
      const place =
        byte === undefined ? {} : byteOffset(chunk, row, byte + gaps.reduce((sum, gap) => sum + gap.bytes, 0));
      this.out.write(`${JSON.stringify({ row: firstRow + row - 1 + gaps.length, ...place, column, reason, raw })}\n`);
      const kind =
        column === null || reason.startsWith('too ') ? reason : `${column}: ${reason.replace(/^".*" is/, 'value is')}`;
      this.byReason.set(kind, (this.byReason.get(kind) ?? 0) + 1);
      this.count++;
    }
    const { maxRows } = this.limits;
    if (maxRows !== undefined && this.count > maxRows) {
      throw new BadDataError(`more than ${maxRows} rows rejected: ${this.summary()}`);
    }
  }

  /** Throws when the share of all rows is above the limit. */
  check(rowsRead: number): void {
    const { maxShare = defaults.rejectsMaxShare, maxRows } = this.limits;
    if (maxRows === undefined && this.count > rowsRead * maxShare) {
      const share = `${this.count} of ${rowsRead} rows rejected, allowed are ${maxShare * 100} %`;
      throw new BadDataError(`${share}: ${this.summary()}`);
    }
  }

  /** `12 too few fields, 3 importe: value is no double`, the most frequent first. */
  summary(): string {
    const counted = [...this.byReason].sort(([, a], [, b]) => b - a);
    return counted.map(([reason, count]) => `${count} ${reason}`).join(', ');
  }

  /** The finished file; undefined without any reject. */
  async finish(): Promise<string | undefined> {
    if (!this.out) return undefined;
    this.out.end();
    await once(this.out, 'finish');
    return this.path;
  }
}

/** Where a row begins in the decoded source; unknown when only some of the rows before it had lost a carriage return. */
function byteOffset(chunk: Chunk, row: number, byte: number): { byteOffset?: number } {
  if (chunk.carriageReturns === 'some') return {};
  return { byteOffset: chunk.startByte + byte + (chunk.carriageReturns === 'all' ? row - 1 : 0) };
}
