import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { RowError } from '../errors';
import { type Address, Kernel } from '../wasm/kernel';

/** Whole rows of the decoded source, all of one chunk: what an engine reads at a time, and a row group of the part. */
export interface RowGroup {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
}

/** A group is cut where it would grow larger. A single row that is longer is none: most likely a quote nobody closed. */
export const maxGroupBytes = 16 * 1024 * 1024;
/** A place between two rows of the decoded source. */
export interface Position {
  /** 1, 2, … of the row that follows, blank ones counted, the header not. */
  readonly row: number;
  /** 1, 2, … of the line that follows, as an editor counts. */
  readonly line: number;
  readonly byte: number;
}

export interface Cutting {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: '\n' | '\r';
  readonly columns: number;
  readonly chunkRows: number;
  /** Bytes in front of the header, such as a byte order mark. */
  readonly firstByte: number;
  /** More than that does not come: a small source needs no large window. */
  readonly mostBytes: number;
  /** Memory of groups that are done with, for the next ones: what is allocated anew must be zeroed and collected. */
  readonly recycled: Uint8Array<ArrayBuffer>[];
}

/** Room for a group and as much again, so that what is left is not moved to the front for every piece that arrives. */
const windowBytes = 2 * maxGroupBytes;
/** What a window begins with where more may come: of a compressed source nobody knows how much that is, and most are small. */
const firstBytes = 1024 * 1024;

const LF = 10;
const CR = 13;

/** At the beginning of a source, or of one of its chunks. */
export function openWindow(cutting: Cutting, from: Position = { row: 1, line: 1, byte: cutting.firstByte }): Window {
  return new Window(cutting, from, Math.min(windowBytes, cutting.mostBytes));
}

export function isEmptyLine(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === LF || byte === CR);
}

/** Whether a line in front of the header is passed over. */
export function isPreamble(line: Uint8Array): boolean {
  return isEmptyLine(line) || isHintLine(line);
}

/** What of the source has arrived and is not cut yet, in the kernel's memory. */
export class Window {
  private readonly kernel = new Kernel();
  private readonly found: Address;
  private readonly memory: Address;
  private readonly bytes: { readonly delimiter: number; readonly quote: number; readonly lineEnd: number };
  private readonly recycled: Uint8Array<ArrayBuffer>[];
  /** Bytes of its memory until now. */
  private room: number;
  /** Where in its memory the bytes lie that are not cut yet. */
  private start = 0;
  private end = 0;
  /** What was found last, from there on. */
  private ahead = { rows: 0, length: 0, lines: 0 };

  constructor(
    cutting: Cutting,
    /** Of its first byte. */
    public position: Position,
    private readonly capacity: number,
  ) {
    this.found = this.kernel.place(12);
    this.room = Math.min(firstBytes, capacity);
    this.memory = this.kernel.place(this.room);
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

  /** The header is no row: those are counted from behind it. */
  takeHeader(last: boolean): Uint8Array {
    const { bytes } = this.take(1, last);
    this.position = { ...this.position, row: 1 };
    return bytes;
  }

  /** Takes up to so many rows out. */
  take(most: number, last: boolean): RowGroup {
    this.find(most, last);
    const group = this.copy();
    this.step();
    return group;
  }

  /** A copy of up to so many rows, which stay where they are; undefined when none is all there. */
  peek(most: number, last: boolean): RowGroup | undefined {
    const { rows } = this.find(most, last);
    return rows > 0 ? this.copy() : undefined;
  }

  /** What is left goes to the front: memory that was just used is in the processor's cache. */
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

  /** Looks for the end of up to so many rows. */
  private find(most: number, last: boolean): { readonly rows: number; readonly length: number } {
    const { kernel } = this;
    const { delimiter, quote, lineEnd } = this.bytes;
    const start = this.memory + this.start;
    const length = Math.min(this.size, maxGroupBytes);
    const all = last && length === this.size;
    kernel.run.findRows(start, start + length, delimiter, quote, lineEnd, most, all, this.found);
    const [rows = 0, end = start, lines = 0] = kernel.words(this.found, 3);
    if (rows === 0 && (last || length === maxGroupBytes))
      throw endlessRow(this.position, all, kernel.run.countByte(start, start + length, quote) > 0);
    this.ahead = { rows, length: end - start, lines };
    return this.ahead;
  }

  /** Goes behind what was found. */
  private step(): void {
    const { position, ahead } = this;
    this.start += ahead.length;
    this.position = {
      row: position.row + ahead.rows,
      line: position.line + ahead.lines,
      byte: position.byte + ahead.length,
    };
  }
}

/** Memory for a group. */
export function allocate(recycled: Cutting['recycled'], bytes: number): Uint8Array<ArrayBuffer> {
  const used = recycled.pop();
  // Groups of one file are nearly equal: a little more than the first one needs does for the others, too.
  const memory = used && used.buffer.byteLength >= bytes ? used.buffer : new ArrayBuffer(Math.ceil(bytes * 1.05));
  return new Uint8Array(memory, 0, bytes);
}

/** Of a row that begins there; `quoted`: a quote is in it. */
export function endlessRow({ row, line, byte }: Position, endOfFile: boolean, quoted: boolean): RowError {
  const place = `row ${row} (line ${line}, byte ${byte})`;
  if (endOfFile) return new RowError(`${place}: a quote is opened and not closed by the end of the file`);
  const hint = quoted ? ': is a quote opened and not closed?' : '';
  return new RowError(`${place} is longer than ${maxGroupBytes >> 20} MiB${hint}`);
}
