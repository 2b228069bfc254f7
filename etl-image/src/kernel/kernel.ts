import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type WasmGlobal, type WasmMemory, wasm } from './webassembly';

/** An address in the kernel's memory. */
export type Address = number;

/** The functions of kernel/*.ts, compiled to WebAssembly. Booleans and 32-bit numbers are numbers. */
export interface KernelFunctions {
  readonly memory: WasmMemory;
  readonly freeMemory: WasmGlobal;
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
  readIntegers(...column: ColumnArguments): number;
  readBooleans(...column: ColumnArguments): number;
  readDecimals(...column: [...ColumnArguments, mark: number]): number;
  readDates(...column: [...ColumnArguments, monthFirst: boolean]): number;
  readTexts(fields: Address, stride: number, rows: number, values: Address, valid: Address): void;
  watchTexts(texts: Address, rows: number, odd: Address, counts: Address, all: boolean): number;
  openDictionary(state: Address, table: Address, slots: number): void;
  indexFixed(...values: DictionaryArguments): void;
  indexTexts(...texts: DictionaryArguments): void;
  countValid(valid: Address, rows: number): number;
  mergeValid(valid: Address, rows: number, into: Address): void;
  textBytes(texts: Address, count: number): number;
  writeLevels(valid: Address, rows: number, present: number, to: Address): number;
  writeIndices(indices: Address, count: number, entries: number, to: Address): number;
  writeFixed(values: Address, valid: Address, rows: number, asDays: boolean, to: Address): number;
  writeFixedEntries(entries: Address, count: number, asDays: boolean, to: Address): number;
  writeBooleans(values: Address, valid: Address, rows: number, to: Address): number;
  writeTexts(texts: Address, valid: Address, rows: number, to: Address): number;
  writeTextEntries(entries: Address, count: number, to: Address): number;
  rangeOfIntegers(values: Address, valid: Address, rows: number, to: Address): void;
  rangeOfDoubles(values: Address, valid: Address, rows: number, to: Address): void;
  rangeOfTexts(texts: Address, valid: Address, rows: number, to: Address): void;
  rangeOfTextEntries(entries: Address, count: number, to: Address): void;
}

type ColumnArguments = [
  fields: Address,
  stride: number,
  rows: number,
  values: Address,
  valid: Address,
  odd: Address,
  counts: Address,
];

type DictionaryArguments = [
  state: Address,
  table: Address,
  entries: Address,
  indices: Address,
  most: number,
  values: Address,
  valid: Address,
  rows: number,
];

/** What the kernel may read behind the end of its input. */
export const padding = 64;

const pageBytes = 65_536;
let compiled: object | undefined;

/** One instance of the kernel, and its memory: places are given out until `reset` takes all of them back. */
export class Kernel {
  readonly run: KernelFunctions;
  private readonly base: Address;
  private top: Address;

  constructor() {
    compiled ??= new wasm.Module(readFileSync(join(__dirname, '..', '..', 'dist', 'kernel.wasm')));
    const abort = (): never => {
      throw new Error('the kernel has aborted');
    };
    this.run = new wasm.Instance(compiled, { env: { abort } }).exports as unknown as KernelFunctions;
    this.base = align(Number(this.run.freeMemory.value));
    this.top = this.base;
  }

  /** Takes all places back. */
  reset(): void {
    this.top = this.base;
  }

  /** Takes back the places that were given out meanwhile. */
  borrow<T>(use: () => T): T {
    const { top } = this;
    try {
      return use();
    } finally {
      this.top = top;
    }
  }

  /** A place for so many bytes, which hold anything. Views of the memory made before are no longer good. */
  place(bytes: number): Address {
    const at = this.top;
    this.top = align(at + bytes + padding);
    const missing = this.top - this.run.memory.buffer.byteLength;
    // By an eighth at least: growing costs more than what it is asked for.
    if (missing > 0) this.run.memory.grow(Math.ceil(Math.max(missing, at / 8) / pageBytes));
    return at;
  }

  /** Gives the place that was given out last so many bytes; what it holds stays. */
  extend(at: Address, bytes: number): void {
    this.top = at;
    this.place(bytes);
  }

  bytes(at: Address, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.run.memory.buffer, at, length);
  }
  words(at: Address, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.run.memory.buffer, at, length);
  }
  integers(at: Address, length: number): BigInt64Array<ArrayBuffer> {
    return new BigInt64Array(this.run.memory.buffer, at, length);
  }
  doubles(at: Address, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.run.memory.buffer, at, length);
  }
}

function align(address: Address): Address {
  return Math.ceil(address / 64) * 64;
}
