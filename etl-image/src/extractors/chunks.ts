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
  /** Carriage returns that were left out at line ends: of all rows, of some, of none. */
  readonly carriageReturns: 'all' | 'some' | 'none';
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

const writeBytes = 4 << 20;

/** A chunk that is being written. */
class Draft {
  private readonly out;
  rows = 0;
  private emptyLines = 0;
  private crlfRows = 0;
  private longestRowBytes = 0;
  private readonly gaps: Gap[] = [];
  /** Bytes that went to the stream, and those that wait in the buffer. */
  private written = 0;
  private buffer = Buffer.allocUnsafe(writeBytes);
  private used = 0;
  /** Rows that lie side by side, and are copied together. */
  private from = -1;
  private to = -1;

  constructor(
    private readonly number: number,
    private readonly path: string,
    private readonly startByte: number,
  ) {
    this.out = createWriteStream(path, { highWaterMark: writeBytes });
  }

  add(bytes: Buffer, start: number, end: number, empty: boolean): void {
    this.rows++;
    if (empty) {
      this.emptyLines++;
      this.append(bytes);
      this.gaps.push({ at: this.written + this.used, bytes: end - start, row: this.rows - this.emptyLines });
      return;
    }
    this.longestRowBytes = Math.max(this.longestRowBytes, end - start);
    if (start !== this.to) this.append(bytes);
    if (this.from < 0) this.from = start;
    if (bytes[end - 1] === LF && bytes[end - 2] === CR) {
      // The engine refuses files whose line ends are mixed: all become LF.
      this.crlfRows++;
      bytes[end - 2] = LF;
      this.to = end - 1;
    } else {
      this.to = end;
    }
  }

  /** Takes over the rows gathered so far: `bytes` are about to go. Waits while the disk is behind. */
  async flush(bytes: Buffer): Promise<void> {
    this.append(bytes);
    if (this.out.writableNeedDrain) await once(this.out, 'drain');
  }

  async finish(bytes: Buffer, lineEnd: number | undefined): Promise<Chunk> {
    this.append(bytes);
    this.out.end(this.buffer.subarray(0, this.used));
    await once(this.out, 'finish');
    const { number, path, rows, emptyLines, longestRowBytes, startByte, gaps, crlfRows } = this;
    const lines = rows - emptyLines;
    return {
      number,
      path,
      rows,
      emptyLines,
      bytes: this.written + this.used,
      longestRowBytes,
      lineEnd: lineEnd === CR ? '\r' : '\n',
      startByte,
      gaps,
      carriageReturns: crlfRows === 0 ? 'none' : crlfRows >= lines - 1 ? 'all' : 'some',
    };
  }

  private append(bytes: Buffer): void {
    if (this.from < 0) return;
    let rows = bytes.subarray(this.from, this.to);
    this.from = -1;
    this.to = -1;
    while (rows.length > 0) {
      const copied = rows.copy(this.buffer, this.used);
      this.used += copied;
      rows = rows.subarray(copied);
      if (this.used === writeBytes) {
        this.out.write(this.buffer);
        this.written += writeBytes;
        this.buffer = Buffer.allocUnsafe(writeBytes);
        this.used = 0;
      }
    }
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
