import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type WasmGlobal, type WasmMemory, wasm } from './webassembly';

/** An address in the kernel's memory. */
export type Address = number;

/** The functions of assembly/*.ts, compiled to WebAssembly. Booleans and 32-bit numbers are numbers. */
export interface KernelFunctions {
  findRows(
    at: Address,
    end: Address,
    delimiter: number,
    quote: number,
    lineEnd: number,
    maxRows: number,
    last: boolean,
    found: Address,
  ): void;
  scanRows(
    at: Address,
    end: Address,
    delimiter: number,
    quote: number,
    lineEnd: number,
    maxRows: number,
    state: Address,
  ): void;
  countByte(at: Address, end: Address, byte: number): number;
  readFields(
    input: Address,
    end: Address,
    delimiter: number,
    quote: number,
    lineEnd: number,
    columns: number,
    maxRows: number,
    fields: Address,
    numbers: Address,
    starts: Address,
    status: Address,
    unescaped: Address,
    report: Address,
  ): void;
  maybeHeaders(
    fields: Address,
    stride: number,
    rows: number,
    quote: number,
    column: number,
    word: Address,
    length: number,
    found: Address,
  ): number;
  readIntegers(...column: [...ColumnArguments, maxDigits: number]): number;
  countDates(integers: Address, valid: Address, rows: number): number;
  readBooleans(...column: ColumnArguments): number;
  readDecimals(...column: [...ColumnArguments, mark: number, dates: boolean]): number;
  readScaled(
    ...column: [
      ...ColumnArguments,
      ...[mark: number, wholeDigits: number, scale: number, bytes: Address, length: number],
    ]
  ): number;
  readDates(...column: [...ColumnArguments, monthFirst: boolean, daysOnly: boolean, zoned: boolean]): number;
  readTexts(fields: Address, stride: number, rows: number, values: Address, valid: Address): void;
  readNothing(
    fields: Address,
    stride: number,
    rows: number,
    values: Address,
    valid: Address,
    unproven: Address,
  ): number;
  watchDates(texts: Address, rows: number, unproven: Address, counts: Address): number;
  openDictionary(state: Address, table: Address, slots: number): void;
  indexFixed(...values: DictionaryArguments): void;
  indexTexts(...texts: DictionaryArguments): void;
  countValid(valid: Address, rows: number): number;
  mergeValid(valid: Address, rows: number, into: Address): void;
  measureTexts(texts: Address, count: number, to: Address): void;
  writeLevels(valid: Address, rows: number, present: number, to: Address): number;
  writeIndices(indices: Address, count: number, entries: number, to: Address): number;
  writeFixed(values: Address, valid: Address, rows: number, form: number, to: Address): number;
  writeFixedEntries(entries: Address, count: number, form: number, to: Address): number;
  writeBooleans(values: Address, valid: Address, rows: number, to: Address): number;
  writeTexts(texts: Address, valid: Address, rows: number, prefixed: boolean, to: Address): number;
  writeTextEntries(entries: Address, count: number, prefixed: boolean, to: Address): number;
  hashFixed(...column: [values: Address, valid: Address, rows: number, doubles: boolean, ...KeyArguments]): void;
  hashTexts(...column: [texts: Address, valid: Address, rows: number, ...KeyArguments]): void;
  linesOfRows(status: Address, starts: Address, rows: number, lineEnd: number, to: Address): void;
  packKeys(hashes: Address, lines: Address, keep: Address, rows: number, to: Address): number;
  rangeOfIntegers(values: Address, valid: Address, rows: number, to: Address): void;
  rangeOfDoubles(values: Address, valid: Address, rows: number, to: Address): void;
  rangeOfTexts(texts: Address, valid: Address, rows: number, signed: boolean, to: Address): void;
  rangeOfTextEntries(entries: Address, count: number, signed: boolean, to: Address): void;
}

type ColumnArguments = [
  fields: Address,
  stride: number,
  rows: number,
  values: Address,
  valid: Address,
  unproven: Address,
  counts: Address,
];

type KeyArguments = [key: Address, keep: Address, hashes: Address];

type DictionaryArguments = [
  state: Address,
  table: Address,
  entries: Address,
  indices: Address,
  maxEntries: number,
  values: Address,
  valid: Address,
  rows: number,
];

/** Bytes that the kernel may read past the end of its input. */
export const padding = 64;

const pageBytes = 65_536;
let compiled: object | undefined;

interface Exports extends KernelFunctions {
  readonly memory: WasmMemory;
  readonly freeMemory: WasmGlobal;
}

/**
 * One instance of the kernel with its memory, from which `allocate` takes blocks until `reset` frees all of them.
 *
 * Growing the memory detaches every view of it, and writes to a detached view are silently lost. Therefore views leave
 * this class only through `withView` and `pinView`, and no allocation is possible while such a view is valid.
 */
export class Kernel {
  readonly run: KernelFunctions;
  private readonly memory: WasmMemory;
  private readonly base: Address;
  private top: Address;
  /** Views of all the memory. Only `grow` replaces them. */
  private bytes: Buffer;
  private numbers: DataView;
  /** Why allocation is not possible. */
  private locked: 'in use' | 'pinned' | undefined;

  constructor() {
    compiled ??= new wasm.Module(readFileSync(join(__dirname, '..', '..', 'dist', 'kernel.wasm')));
    const abort = (): never => {
      throw new Error('the kernel aborted');
    };
    const exports = new wasm.Instance(compiled, { env: { abort } }).exports as unknown as Exports;
    this.run = exports;
    this.memory = exports.memory;
    this.base = align(Number(exports.freeMemory.value));
    this.top = this.base;
    [this.bytes, this.numbers] = viewsOf(this.memory);
  }

  /** Frees all allocations. */
  reset(): void {
    this.top = this.base;
  }

  /** Runs `use` and frees its allocations. */
  scoped<T>(use: () => T): T {
    const { top } = this;
    try {
      return use();
    } finally {
      this.top = top;
    }
  }

  /**
   * Allocates uninitialized bytes.
   *
   * @throws {Error} during `withView` and after `pinView`
   */
  allocate(bytes: number): Address {
    if (this.locked) throw new Error(`a view of the kernel's memory is ${this.locked}: allocate before creating it`);
    const at = this.top;
    this.top = align(at + bytes + padding);
    if (this.top > this.bytes.length) this.grow();
    return at;
  }

  /** Resizes the latest allocation and keeps its content. */
  extend(at: Address, bytes: number): void {
    this.top = at;
    this.allocate(bytes);
  }

  /** Returns the unsigned byte at an address. */
  byte(at: Address): number {
    return this.numbers.getUint8(at);
  }
  setByte(at: Address, value: number): void {
    this.numbers.setUint8(at, value);
  }
  /** Returns the unsigned number in four bytes. */
  word(at: Address): number {
    return this.numbers.getUint32(at, true);
  }
  setWord(at: Address, value: number): void {
    this.numbers.setUint32(at, value, true);
  }
  double(at: Address): number {
    return this.numbers.getFloat64(at, true);
  }
  setDouble(at: Address, value: number): void {
    this.numbers.setFloat64(at, value, true);
  }
  /** Returns the signed number in eight bytes. */
  integer(at: Address): bigint {
    return this.numbers.getBigInt64(at, true);
  }
  setInteger(at: Address, value: bigint): void {
    this.numbers.setBigInt64(at, value, true);
  }
  /** Returns the text of UTF-8 bytes. */
  text(at: Address, length: number): string {
    return this.bytes.toString('utf8', at, at + length);
  }

  /** Returns a copy. */
  copy(at: Address, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer.slice(at, at + length));
  }
  /** Returns a copy of unsigned four-byte numbers. */
  words(at: Address, count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.memory.buffer.slice(at, at + 4 * count));
  }
  /** Fills `target` with the bytes at an address. */
  copyTo(target: Uint8Array, at: Address): void {
    target.set(this.bytes.subarray(at, at + target.length));
  }
  write(at: Address, bytes: Uint8Array): void {
    this.bytes.set(bytes, at);
  }
  fill(at: Address, length: number, byte: number): void {
    this.bytes.fill(byte, at, at + length);
  }
  /** Copies within the memory. The two ranges may overlap. */
  move(to: Address, from: Address, length: number): void {
    this.bytes.copyWithin(to, from, from + length);
  }

  /** Passes a view to `use`, which must not retain it. Allocation is not possible during the call. */
  withView<T>(at: Address, length: number, use: (bytes: Buffer) => T): T {
    const { locked } = this;
    this.locked ??= 'in use';
    try {
      return use(this.bytes.subarray(at, at + length));
    } finally {
      this.locked = locked;
    }
  }

  /** Returns a view that stays valid. Allocation is no longer possible. */
  pinView(at: Address, length: number): Buffer {
    this.locked = 'pinned';
    return this.bytes.subarray(at, at + length);
  }

  /** Returns whether a view belongs to this memory. */
  owns({ buffer }: Uint8Array): boolean {
    return buffer === this.memory.buffer;
  }

  private grow(): void {
    // Grows by at least an eighth, because each growth is expensive.
    const missing = Math.max(this.top - this.bytes.length, this.bytes.length / 8);
    this.memory.grow(Math.ceil(missing / pageBytes));
    [this.bytes, this.numbers] = viewsOf(this.memory);
  }
}

function viewsOf({ buffer }: WasmMemory): [Buffer, DataView] {
  return [Buffer.from(buffer), new DataView(buffer)];
}

function align(address: Address): Address {
  return Math.ceil(address / 64) * 64;
}
