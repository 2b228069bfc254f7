import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { RowSplitter } from './rowSplitter';

/** `rows` source rows as a file on the scratch disk, UTF-8, without header and without empty lines. */
export interface Chunk {
  /** 1, 2, … */
  readonly number: number;
  readonly path: string;
  /** Source rows, empty lines counted. */
  readonly rows: number;
  readonly emptyLines: number;
  readonly bytes: number;
  readonly longestRowBytes: number;
  /** `\r` for files whose lines end with CR alone. */
  readonly lineEnd: '\n' | '\r';
  /** Offset of its first row in the decoded source. */
  readonly startByte: number;
  /** Empty lines that were left out. */
  readonly gaps: readonly Gap[];
}

export interface Gap {
  /** Offset in the file where it was. */
  readonly at: number;
  readonly bytes: number;
  /** Rows in the file before it. */
  readonly row: number;
}

/**
 * Cuts the decoded source into chunks of exactly `chunkRows` rows, the last one excepted. The first row that is not empty
 * is the header, and in no chunk. One chunk is on disk at a time: it is overwritten once the next is asked for.
 */
export async function* chunks(
  source: AsyncIterable<Buffer>,
  dialect: { quote: string; delimiter: string },
  chunkRows: number,
  scratch: string,
): AsyncGenerator<Chunk> {
  const splitter = new RowSplitter(dialect);
  let headerSeen = false;
  let offset = 0;
  let draft: Draft | undefined;
  let number = 0;
  for await (const { piece, last } of withLast(source)) {
    const { bytes, ends } = splitter.push(piece, last);
    let start = 0;
    for (const end of ends) {
      const empty = isEmptyLine(bytes, start, end);
      if (!headerSeen) {
        headerSeen = !empty;
      } else {
        draft ??= new Draft(++number, join(scratch, 'chunk.csv'), offset + start);
        draft.add(bytes, start, end, empty);
        if (draft.rows === chunkRows) {
          yield await draft.finish(bytes, splitter.lineEnd);
          draft = undefined;
        }
      }
      start = end;
    }
    await draft?.flush(bytes);
    offset += start;
  }
  if (draft) yield await draft.finish(Buffer.alloc(0), splitter.lineEnd);
}

const LF = 10;
const CR = 13;

function isEmptyLine(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== LF && bytes[at] !== CR) return false;
  return true;
}

/** A chunk that is being written. Rows that lie side by side go out in one write. */
class Draft {
  private readonly out;
  rows = 0;
  private emptyLines = 0;
  private bytes = 0;
  private longestRowBytes = 0;
  private readonly gaps: Gap[] = [];
  private from = -1;
  private to = -1;

  constructor(
    private readonly number: number,
    private readonly path: string,
    private readonly startByte: number,
  ) {
    this.out = createWriteStream(path, { highWaterMark: 4 << 20 });
  }

  add(bytes: Buffer, start: number, end: number, empty: boolean): void {
    this.rows++;
    if (empty) {
      this.emptyLines++;
      this.write(bytes);
      this.gaps.push({ at: this.bytes, bytes: end - start, row: this.rows - this.emptyLines });
      return;
    }
    if (this.from < 0) this.from = start;
    this.to = end;
    this.longestRowBytes = Math.max(this.longestRowBytes, end - start);
  }

  /** Writes the rows gathered so far: `bytes` are about to go. Waits while the disk is behind. */
  async flush(bytes: Buffer): Promise<void> {
    this.write(bytes);
    if (this.out.writableNeedDrain) await once(this.out, 'drain');
  }

  async finish(bytes: Buffer, lineEnd: number | undefined): Promise<Chunk> {
    this.write(bytes);
    this.out.end();
    await once(this.out, 'finish');
    const { number, path, rows, emptyLines, longestRowBytes, startByte, gaps } = this;
    const end = lineEnd === CR ? '\r' : '\n';
    return { number, path, rows, emptyLines, bytes: this.bytes, longestRowBytes, lineEnd: end, startByte, gaps };
  }

  private write(bytes: Buffer): void {
    if (this.from < 0) return;
    this.out.write(bytes.subarray(this.from, this.to));
    this.bytes += this.to - this.from;
    this.from = -1;
  }
}

/** Says of each piece whether it is the last; an empty source has one empty piece. */
async function* withLast(source: AsyncIterable<Buffer>): AsyncGenerator<{ piece: Buffer; last: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    if (held.length > 0) yield { piece: held, last: false };
    held = piece;
  }
  yield { piece: held, last: true };
}
