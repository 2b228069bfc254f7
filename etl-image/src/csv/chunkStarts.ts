import { longestHint } from '@etl/pipeline/csv/separatorHint';
import { groupRowsOf } from './rowGroups';
import { RowScanner, type Scanned } from './rowScanner';
import type { RowGroup } from './window';
import { type Cutting, endlessRow, isEmptyLine, isPreamble, maxGroupBytes, type Position, Window } from './window';

/** First rows of a chunk are looked for in so much of it. */
const sampleBytes = 1024 * 1024;

/** Where a chunk begins, and its first rows, up to so many; undefined when they are too long. */
export interface ChunkStart {
  readonly start: Position;
  firstRows(most: number): RowGroup | undefined;
}

/**
 * Where the chunks of the decoded source begin, in order, each once its first rows are there; no row is kept. `onPosition` is told
 * how far it is, and at last where the source ends; `onGroup` where a further group of a chunk begins, by the number of its rows
 * (the source may end there). Throws `RowError` for a row that does not end.
 */
export async function* chunkStarts(
  source: AsyncIterable<Buffer>,
  cutting: Cutting,
  onPosition: (position: Position) => void,
  scanner = new RowScanner(cutting),
  onGroup: (start: Position) => void = () => undefined,
): AsyncGenerator<ChunkStart> {
  const walk = new Walk(cutting, scanner, onGroup);
  onPosition(walk.position);
  for await (const piece of source) {
    for (const part of scanner.parts(piece)) {
      yield* walk.pass(part);
      onPosition(walk.position);
    }
  }
  yield* walk.end();
  onPosition(walk.position);
}

/** The way through the source. */
class Walk {
  /** Behind the last row that has ended. */
  position: Position;
  /** Of the row at hand: bytes and line ends that have arrived, whether a quote is among them, and whether it is open. */
  private atHand = { bytes: 0, lines: 0, quote: false, open: false };
  private headerSeen = false;
  /** Of the line at hand in front of the rows: its bytes, as many as tell whether it is the header. */
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
    this.position = { row: 1, line: 1, byte: cutting.firstByte };
  }

  *pass(part: Uint8Array): Generator<ChunkStart> {
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
      const passed = part.subarray(at, at + found.next);
      at += found.next;
      this.step(found);
      if (this.headerSeen && found.rows > 0 && this.rowsLeft() > 0 && this.rowsOfGroup() === 0)
        this.onGroup(this.position);
      if (!this.headerSeen) this.passHeader(passed, found.rows > 0);
      else if (this.sample?.add(passed) || this.rowsLeft() === 0) yield* this.takeSample(this.rowsLeft() === 0);
    }
  }

  *end(): Generator<ChunkStart> {
    const { position, atHand } = this;
    if (atHand.open) throw endlessRow(position, true, true);
    if (atHand.bytes > 0) {
      this.position = {
        row: position.row + 1,
        line: position.line + atHand.lines,
        byte: position.byte + atHand.bytes,
      };
      if (!this.headerSeen) this.passHeader(new Uint8Array(), true);
    }
    yield* this.takeSample(true);
  }

  /** How many rows the chunk at hand still has. */
  private rowsLeft(): number {
    return this.chunks * this.cutting.chunkRows - this.position.row + 1;
  }

  /** How many rows the group at hand has until now: none behind the last one of the group before it. */
  private rowsOfGroup(): number {
    return ((this.position.row - 1) % this.cutting.chunkRows) % this.groupRows;
  }

  private *takeSample(whole: boolean): Generator<ChunkStart> {
    const { sample } = this;
    this.sample = undefined;
    if (sample) yield sample.take(whole);
  }

  private step({ rows, next, lines, firstEnd, lastEnd, lastLines, quote, open }: Scanned): void {
    const { position, atHand } = this;
    if (atHand.bytes + (rows > 0 ? firstEnd : next) > maxGroupBytes)
      throw endlessRow(position, false, atHand.quote || (rows === 0 && quote));
    if (rows === 0) {
      this.atHand = {
        bytes: atHand.bytes + next,
        lines: atHand.lines + lines,
        quote: atHand.quote || quote,
        open,
      };
      return;
    }
    this.position = {
      row: position.row + rows,
      line: position.line + atHand.lines + lastLines,
      byte: position.byte + atHand.bytes + lastEnd,
    };
    this.atHand = { bytes: next - lastEnd, lines: lines - lastLines, quote, open };
  }

  /** Rows are counted from behind the header. Lines in front of it are passed over. */
  private passHeader(bytes: Uint8Array, ended: boolean): void {
    // Whatever the length of an empty line, it does not grow by what is empty.
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

  /** Whether there are enough of them. */
  add(bytes: Uint8Array): boolean {
    if (this.missing > 0) this.pieces.push(Buffer.from(bytes.subarray(0, this.missing)));
    this.missing -= bytes.length;
    return this.missing <= 0;
  }

  /** `whole`: it is all of the chunk, as long as it is enough. */
  take(whole: boolean): ChunkStart {
    const { cutting, start, pieces } = this;
    const last = whole && this.missing >= 0;
    return {
      start,
      firstRows: (most) => {
        const bytes = Buffer.concat(pieces);
        const window = new Window(cutting, start, bytes.length);
        window.push(bytes);
        return window.peek(most, last);
      },
    };
  }
}
