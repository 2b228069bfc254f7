import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { RowError } from '../errors';
import { type Address, Kernel } from '../wasm/kernel';

/** Whole rows of one chunk of the decoded source: an engine's unit of work, and one row group of the part. */
export interface RowGroup {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
}

/** Maximum length of a group, and of a single row: a longer row is most likely an unclosed quote. */
export const maxGroupBytes = 16 * 1024 * 1024;
/** A position between two rows of the decoded source. */
export interface Position {
  /** Number of the next row, from 1. Blank rows count, the header does not. */
  readonly row: number;
  /** Number of the next line, from 1, like in an editor. */
  readonly line: number;
  readonly byte: number;
}

/** How a source is cut into row groups. */
export interface Cutting {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: '\n' | '\r';
  readonly columns: number;
  readonly chunkRows: number;
  /** Bytes before the header and the empty lines above it, such as a byte order mark. */
  readonly firstByte: number;
  /** Number of the line at `firstByte`. */
  readonly firstLine: number;
  /** Upper bound of the source's bytes: a small source needs only a small window. */
  readonly maxBytes: number;
  /** Memory of finished groups for reuse: new memory must be zeroed and collected. */
  readonly recycled: Uint8Array<ArrayBuffer>[];
}

/** Twice the maximum group, so that the remaining bytes are not moved to the front for every piece. */
const windowBytes = 2 * maxGroupBytes;
/** Initial size of a window: the content of a compressed source has an unknown length and is usually small. */
const firstBytes = 1024 * 1024;

const LF = 10;
const CR = 13;

/** Returns the start of a source. */
export function startOf({ firstByte, firstLine }: Pick<Cutting, 'firstByte' | 'firstLine'>): Position {
  return { row: 1, line: firstLine, byte: firstByte };
}

/** Opens a window at the start of a source or of one of its chunks. */
export function openWindow(cutting: Cutting, from = startOf(cutting)): Window {
  return new Window(cutting, from, Math.min(windowBytes, cutting.maxBytes));
}

export function isEmptyLine(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === LF || byte === CR);
}

/** Returns whether a line before the header is skipped. */
export function isPreamble(line: Uint8Array): boolean {
  return isEmptyLine(line) || isHintLine(line);
}

/** The bytes of the source that have arrived and are not cut yet, in the kernel's memory. */
export class Window {
  private readonly kernel = new Kernel();
  private readonly found: Address;
  private readonly memory: Address;
  private readonly bytes: { readonly delimiter: number; readonly quote: number; readonly lineEnd: number };
  private readonly recycled: Uint8Array<ArrayBuffer>[];
  /** Bytes allocated so far. */
  private room: number;
  /** Range of the uncut bytes within the memory. */
  private start = 0;
  private end = 0;
  /** Result of the last search, from `start` on. */
  private ahead = { rows: 0, length: 0, lines: 0 };

  constructor(
    cutting: Cutting,
    /** Position of the first uncut byte. */
    public position: Position,
    private readonly capacity: number,
  ) {
    this.found = this.kernel.allocate(12);
    this.room = Math.min(firstBytes, capacity);
    this.memory = this.kernel.allocate(this.room);
    const { delimiter, quote, lineEnd, recycled } = cutting;
    this.recycled = recycled;
    this.bytes = {
      delimiter: delimiter.charCodeAt(0),
      quote: quote.charCodeAt(0),
      lineEnd: lineEnd.charCodeAt(0),
    };
  }

  get size(): number {
    return this.end - this.start;
  }

  push(piece: Uint8Array): void {
    if (this.end + piece.length > this.capacity) this.compact();
    if (this.end + piece.length > this.room) this.grow(this.end + piece.length);
    this.kernel.write(this.memory + this.end, piece);
    this.end += piece.length;
  }

  /** Takes the header out. Rows are counted after it. */
  takeHeader(last: boolean): Uint8Array {
    const { bytes } = this.take(1, last);
    this.position = { ...this.position, row: 1 };
    return bytes;
  }

  /** Takes out up to `max` rows. `last`: the source ends with the window's last byte. */
  take(max: number, last: boolean): RowGroup {
    this.find(max, last);
    const group = this.copy();
    this.advance();
    return group;
  }

  /** Returns a copy of up to `max` rows, without taking them out; undefined if no row is complete. */
  peek(max: number, last: boolean): RowGroup | undefined {
    const { rows } = this.find(max, last);
    return rows > 0 ? this.copy() : undefined;
  }

  /** Moves the uncut bytes to the front, where the memory is in the processor's cache. */
  compact(): void {
    this.kernel.move(this.memory, this.memory + this.start, this.size);
    this.end = this.size;
    this.start = 0;
  }

  private grow(wanted: number): void {
    this.room = Math.min(this.capacity, Math.max(wanted, 2 * this.room));
    this.kernel.extend(this.memory, this.room);
  }

  private copy(): RowGroup {
    const { rows, length } = this.ahead;
    const bytes = allocate(this.recycled, length);
    this.kernel.copyTo(bytes, this.memory + this.start);
    return { bytes, rows };
  }

  /** Searches for the end of up to `max` rows. */
  private find(max: number, last: boolean): { readonly rows: number; readonly length: number } {
    const { kernel } = this;
    const { delimiter, quote, lineEnd } = this.bytes;
    const start = this.memory + this.start;
    const length = Math.min(this.size, maxGroupBytes);
    const all = last && length === this.size;
    kernel.run.findRows(start, start + length, delimiter, quote, lineEnd, max, all, this.found);
    const [rows = 0, end = start, lines = 0] = kernel.words(this.found, 3);
    if (rows === 0 && (last || length === maxGroupBytes))
      throw unterminatedRow(this.position, all, kernel.run.countByte(start, start + length, quote) > 0);
    this.ahead = { rows, length: end - start, lines };
    return this.ahead;
  }

  /** Moves past the rows found. */
  private advance(): void {
    const { position, ahead } = this;
    this.start += ahead.length;
    this.position = {
      row: position.row + ahead.rows,
      line: position.line + ahead.lines,
      byte: position.byte + ahead.length,
    };
  }
}

/** Returns memory for a group, reused if possible. */
export function allocate(recycled: Cutting['recycled'], bytes: number): Uint8Array<ArrayBuffer> {
  const used = recycled.pop();
  // Groups of one file have similar sizes: with a reserve of 5 %, most of them can reuse the memory.
  const memory = used && used.buffer.byteLength >= bytes ? used.buffer : new ArrayBuffer(Math.ceil(bytes * 1.05));
  return new Uint8Array(memory, 0, bytes);
}

/** Returns the error of an unterminated row that starts at a position. `quoted`: whether it has a quote. */
export function unterminatedRow({ row, line, byte }: Position, endOfFile: boolean, quoted: boolean): RowError {
  const place = `row ${row} (line ${line}, byte ${byte})`;
  if (endOfFile) return new RowError(`${place}: a quote is opened but not closed by the end of the file`);
  const hint = quoted ? ': check for an unclosed quote' : '';
  return new RowError(`${place} is longer than ${maxGroupBytes >> 20} MiB${hint}`);
}
