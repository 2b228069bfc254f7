import { longestHint } from '@etl/pipeline/csv/separatorHint';
import { groupRowsOf } from './rowGroups';
import { RowScanner, type Scanned } from './rowScanner';
import type { RowGroup } from './window';
import {
  type Cutting,
  isEmptyLine,
  isPreamble,
  maxGroupBytes,
  type Position,
  startOf,
  unterminatedRow,
  Window,
} from './window';

/** Bytes of a chunk that are kept for its first rows. */
const sampleBytes = 1024 * 1024;

/** Start of a chunk with its first rows. */
export interface ChunkStart {
  readonly start: Position;
  /** Returns up to `max` rows; undefined if no row fits into the sample. */
  firstRows(max: number): RowGroup | undefined;
}

/**
 * Yields the chunk starts of a decoded source, in order, each when its first rows have arrived. Keeps no rows. Calls
 * `onPosition` with the progress, and finally with the end of the source. Calls `onGroup` with the start of every
 * further row group of a chunk, by the number of its rows; the source may end there.
 *
 * @throws {RowError} if a row does not end
 */
export async function* chunkStarts(
  source: AsyncIterable<Buffer>,
  cutting: Cutting,
  onPosition: (position: Position) => void,
  scanner = new RowScanner(cutting),
  onGroup: (start: Position) => void = () => undefined,
): AsyncGenerator<ChunkStart> {
  const scan = new ChunkScan(cutting, scanner, onGroup);
  onPosition(scan.position);
  for await (const piece of source) {
    for (const part of scanner.parts(piece)) {
      yield* scan.push(part);
      onPosition(scan.position);
    }
  }
  yield* scan.end();
  onPosition(scan.position);
}

/** A scan of a source for its chunk starts. */
class ChunkScan {
  /** Position after the last complete row. */
  position: Position;
  /** The incomplete row: its bytes and line ends so far, whether it has a quote, and whether the quote is open. */
  private current = { bytes: 0, lines: 0, quote: false, open: false };
  private headerSeen = false;
  /** First bytes of the current line before the rows, enough to recognize the header. */
  private front = Buffer.alloc(0);
  private chunks = 0;
  private sample: Sample | undefined;
  private readonly groupRows: number;

  constructor(
    private readonly cutting: Cutting,
    private readonly scanner: RowScanner,
    private readonly onGroup: (start: Position) => void,
  ) {
    this.groupRows = groupRowsOf(cutting);
    this.position = startOf(cutting);
  }

  *push(part: Uint8Array): Generator<ChunkStart> {
    for (let at = 0; at < part.length; ) {
      if (this.headerSeen && this.rowsLeft() === 0) {
        this.chunks++;
        this.sample = new Sample(this.cutting, this.position);
      }
      const found = this.scanner.scan(
        part,
        at,
        this.headerSeen ? Math.min(this.groupRows - this.rowsOfGroup(), this.rowsLeft()) : 1,
      );
      const scanned = part.subarray(at, at + found.next);
      at += found.next;
      this.advance(found);
      if (this.headerSeen && found.rows > 0 && this.rowsLeft() > 0 && this.rowsOfGroup() === 0)
        this.onGroup(this.position);
      if (!this.headerSeen) this.skipHeader(scanned, found.rows > 0);
      else if (this.sample?.add(scanned) || this.rowsLeft() === 0) yield* this.takeSample(this.rowsLeft() === 0);
    }
  }

  *end(): Generator<ChunkStart> {
    const { position, current } = this;
    if (current.open) throw unterminatedRow(position, true, true);
    if (current.bytes > 0) {
      this.position = {
        row: position.row + 1,
        line: position.line + current.lines,
        byte: position.byte + current.bytes,
      };
      if (!this.headerSeen) this.skipHeader(new Uint8Array(), true);
    }
    yield* this.takeSample(true);
  }

  /** Returns the number of rows left in the current chunk. */
  private rowsLeft(): number {
    return this.chunks * this.cutting.chunkRows - this.position.row + 1;
  }

  /** Returns the number of rows in the current group so far, 0 after the last row of a group. */
  private rowsOfGroup(): number {
    return ((this.position.row - 1) % this.cutting.chunkRows) % this.groupRows;
  }

  private *takeSample(whole: boolean): Generator<ChunkStart> {
    const { sample } = this;
    this.sample = undefined;
    if (sample) yield sample.take(whole);
  }

  private advance({ rows, next, lines, firstEnd, lastEnd, lastLines, quote, open }: Scanned): void {
    const { position, current } = this;
    if (current.bytes + (rows > 0 ? firstEnd : next) > maxGroupBytes)
      throw unterminatedRow(position, false, current.quote || (rows === 0 && quote));
    if (rows === 0) {
      this.current = {
        bytes: current.bytes + next,
        lines: current.lines + lines,
        quote: current.quote || quote,
        open,
      };
      return;
    }
    this.position = {
      row: position.row + rows,
      line: position.line + current.lines + lastLines,
      byte: position.byte + current.bytes + lastEnd,
    };
    this.current = { bytes: next - lastEnd, lines: lines - lastLines, quote, open };
  }

  /** Skips the header and the lines before it: rows are counted after the header. */
  private skipHeader(bytes: Uint8Array, ended: boolean): void {
    // Empty bytes are not kept, so that a long run of empty lines takes no memory.
    if (!isEmptyLine(bytes)) this.front = Buffer.concat([this.front, bytes.subarray(0, longestHint + 1)]);
    if (!ended) return;
    this.position = { ...this.position, row: 1 };
    this.headerSeen = !isPreamble(this.front);
    this.front = Buffer.alloc(0);
  }
}

/** A chunk's first bytes. */
class Sample {
  private readonly pieces: Buffer[] = [];
  private missing = sampleBytes;

  constructor(
    private readonly cutting: Cutting,
    private readonly start: Position,
  ) {}

  /** Adds bytes, and returns whether the sample is complete. */
  add(bytes: Uint8Array): boolean {
    if (this.missing > 0) this.pieces.push(Buffer.from(bytes.subarray(0, this.missing)));
    this.missing -= bytes.length;
    return this.missing <= 0;
  }

  /** `whole`: the chunk has ended, so the sample may hold all of it. */
  take(whole: boolean): ChunkStart {
    const { cutting, start, pieces } = this;
    const last = whole && this.missing >= 0;
    return {
      start,
      firstRows: (max) => {
        const bytes = Buffer.concat(pieces);
        const window = new Window(cutting, start, bytes.length);
        window.push(bytes);
        return window.peek(max, last);
      },
    };
  }
}
