import { decimalOf, kindOf, type TypeKind } from '@etl/pipeline/columns/types';
import { decimalBytes, maxInt64Precision } from '../../types/decimals';
import { addEvidence, type Evidence, noEvidence, type StoredEvidence } from '../../types/evidence';
import { createZoneReader } from '../../types/instants';
import { createExaminer, createReader, hasOwnRules, type Reader, type Value } from '../../types/reader';
import { type ColumnPlan, wantsDates } from '../../types/schema';
import { maxNumbers } from '../../types/spellings';
import type { Address, Kernel } from '../../wasm/kernel';
import {
  countBytes,
  evidenceOfDates,
  evidenceOfDecimals,
  evidenceOfIntegers,
  evidenceOfMarks,
  wordsOf,
} from './counts';

/** Maximum number of entries of a dictionary; columns with more different values are written without one. */
const maxEntries = 16_384;
/** Initial slots of a dictionary's hash table: a small table stays in the processor's cache. */
const firstSlots = 1024;

/** Returns the maximum size of a table, which doubles when it is half full (assembly/dictionary.ts). */
function slotsFor(entries: number): number {
  let slots = 16;
  while (slots < 2 * entries + 2) slots *= 2;
  return slots;
}

/** A column's dictionary (assembly/dictionary.ts). */
export interface Dictionary {
  readonly state: Address;
  readonly table: Address;
  readonly entries: Address;
  readonly indices: Address;
}

const point = '.'.charCodeAt(0);

/** Maximum digits of an integer that always fits into its type. */
const safeDigits = { integer: 18, int32: 9 } as const;

/** How a column's values are stored: eight bytes, one bit, or bytes elsewhere with a length of their own or a fixed one. */
export type Storage = 'fixed' | 'bit' | 'text' | 'bytes';

function storageOf(plan: ColumnPlan): Storage {
  const kind = kindOf(plan.type);
  if (kind === 'boolean') return 'bit';
  if (kind === 'text' || kind === 'json') return 'text';
  return (decimalOf(plan.type)?.precision ?? 0) > maxInt64Precision ? 'bytes' : 'fixed';
}

/** One column of a row group, read in batches of rows. */
export class GroupColumn {
  readonly kind: TypeKind;
  readonly storage: Storage;
  /** Whether the kernel stores the values, and only their evidence may be judged outside of it. */
  readonly readsTexts: boolean;
  readonly read: Reader;
  /** Eight bytes per row: the value, or the address and length of a text or of bytes. */
  readonly values: Address;
  readonly valid: Address;
  readonly dictionary: Dictionary | undefined;
  /** Rows read so far. */
  rows = 0;
  private readonly counts: Address;
  /** Big-endian numbers of a column that is stored as bytes. */
  private readonly bytes: { readonly at: Address; readonly length: number };
  /** Makes local times instants; undefined without a declared time zone. */
  private readonly instantOf: ReturnType<typeof createZoneReader>;
  /** Rows of the current batch that are judged although the kernel has counted their evidence. */
  private readonly counted = new Set<number>();
  private readonly examine: ReturnType<typeof createExaminer>;
  /** Whether every value is judged outside of the kernel. */
  private readonly judgesAll: boolean;
  private dateIntegers = 0;
  private judged = noEvidence;

  constructor(
    private readonly kernel: Kernel,
    readonly plan: ColumnPlan,
    capacity: number,
  ) {
    this.kind = kindOf(plan.type);
    this.storage = storageOf(plan);
    this.read = createReader(plan);
    this.examine = createExaminer(plan);
    this.instantOf = createZoneReader(plan);
    const own = hasOwnRules(plan);
    this.judgesAll = own || ['time', 'json'].includes(this.kind);
    this.readsTexts = this.kind === 'text' && !own;
    const length = this.storage === 'bytes' ? decimalBytes(decimalOf(plan.type)?.precision ?? 0) : 0;
    this.bytes = { at: kernel.allocate(capacity * length), length };
    this.values = kernel.allocate(capacity * 8);
    this.valid = kernel.allocate(capacity);
    this.counts = kernel.allocate(countBytes);
    kernel.fill(this.counts, countBytes, 0);
    if (this.storage === 'bit') return;
    const entries = Math.min(maxEntries, capacity);
    this.dictionary = {
      state: kernel.allocate(12),
      table: kernel.allocate(slotsFor(entries) * 4),
      entries: kernel.allocate(entries * 8),
      indices: kernel.allocate(capacity * 4),
    };
    kernel.run.openDictionary(this.dictionary.state, this.dictionary.table, Math.min(firstSlots, slotsFor(entries)));
  }

  /**
   * Reads rows whose fields are at `fields`. Stores the numbers of the unproven rows at `unproven` and returns their
   * count.
   */
  readBatch(fields: Address, stride: number, rows: number, unproven: Address): number {
    const { plan, counts } = this;
    const { run } = this.kernel;
    const values = this.values + this.rows * 8;
    const valid = this.valid + this.rows;
    const dates = wantsDates(plan);
    const { kind } = this;
    if (this.judgesAll) return run.readNothing(fields, stride, rows, values, valid, unproven);
    switch (kind) {
      case 'integer':
      case 'int32': {
        const digits = safeDigits[kind];
        const unprovenRows = run.readIntegers(fields, stride, rows, values, valid, unproven, counts, digits);
        if (dates) this.dateIntegers += run.countDates(values, valid, rows);
        return unprovenRows;
      }
      case 'double': {
        const mark = plan.decimal.charCodeAt(0);
        return run.readDecimals(fields, stride, rows, values, valid, unproven, counts, mark, dates);
      }
      case 'decimal': {
        const { precision, scale } = decimalOf(plan.type) ?? { precision: 0, scale: 0 };
        const { at, length } = this.bytes;
        const shape = [plan.decimal.charCodeAt(0), precision - scale, scale] as const;
        const to = length === 0 ? 0 : at + this.rows * length;
        return run.readScaled(fields, stride, rows, values, valid, unproven, counts, ...shape, to, length);
      }
      case 'boolean':
        return run.readBooleans(fields, stride, rows, values, valid, unproven, counts);
      case 'date':
      case 'timestamp':
      case 'timestamptz': {
        const zoned = kind === 'timestamptz' && !this.instantOf;
        const form = [plan.dateOrder === 'mdy', kind === 'date', zoned] as const;
        const unprovenRows = run.readDates(fields, stride, rows, values, valid, unproven, counts, ...form);
        return this.instantOf ? this.localise(this.instantOf, rows, unproven, unprovenRows) : unprovenRows;
      }
      case 'text':
        run.readTexts(fields, stride, rows, values, valid);
        if (plan.watch === 'nothing') return 0;
        if (plan.watch === 'dates') return run.watchDates(values, rows, unproven, counts);
        // The values may be numbers: counts their evidence, and discards the parsed values.
        return this.kernel.scoped(() => {
          const [anyValues, anyValid] = [this.kernel.allocate(rows * 8), this.kernel.allocate(rows)];
          return run.readDecimals(fields, stride, rows, anyValues, anyValid, unproven, counts, point, dates);
        });
      default:
        throw new Error(`${plan.name}: the kernel cannot parse values of type ${plan.type}`);
    }
  }

  /**
   * Makes the local times of a batch instants. A time that does not exist becomes unproven, so that it is judged;
   * returns the new number of unproven rows.
   */
  private localise(
    instantOf: (local: bigint) => bigint | undefined,
    rows: number,
    unproven: Address,
    unprovenRows: number,
  ): number {
    const { kernel } = this;
    let count = unprovenRows;
    for (let row = 0; row < rows; row++) {
      const at = this.rows + row;
      if (kernel.byte(this.valid + at) === 0) continue;
      const instant = instantOf(kernel.integer(this.values + at * 8));
      if (instant !== undefined) kernel.setInteger(this.values + at * 8, instant);
      else {
        kernel.setByte(this.valid + at, 0);
        kernel.setWord(unproven + 4 * count++, row);
        this.counted.add(row);
      }
    }
    return count;
  }

  /** Adds the evidence of a value that is judged outside the kernel. `row` is relative to the current batch. */
  judge(row: number, text: string): void {
    if (this.counted.delete(row)) return;
    if (this.examine) this.judged = addEvidence(this.judged, this.examine(text));
  }

  /** Stores a judged value. `row` is relative to the current batch. */
  set(row: number, value: Value): void {
    const { kernel, bytes } = this;
    const at = this.rows + row;
    if (this.storage === 'bytes') {
      const to = bytes.at + at * bytes.length;
      const unsigned = BigInt.asUintN(8 * bytes.length, BigInt(value));
      kernel.write(to, Buffer.from(unsigned.toString(16).padStart(2 * bytes.length, '0'), 'hex'));
      this.setText(row, to, bytes.length);
      return;
    }
    if (typeof value === 'number') kernel.setDouble(this.values + at * 8, value);
    else kernel.setInteger(this.values + at * 8, BigInt(value));
    kernel.setByte(this.valid + at, 1);
  }

  /** Stores a judged text, or bytes, that are in the kernel's memory. `row` is relative to the current batch. */
  setText(row: number, address: Address, length: number): void {
    const at = this.rows + row;
    this.kernel.setWord(this.values + at * 8, address);
    this.kernel.setWord(this.values + at * 8 + 4, length);
    this.kernel.setByte(this.valid + at, 1);
  }

  /**
   * Ends a batch: adds its values to the dictionary while they are in the cache. Marks the rows with a value at
   * `filled`.
   */
  endBatch(rows: number, filled: Address): void {
    const { run } = this.kernel;
    const values = this.values + this.rows * 8;
    const valid = this.valid + this.rows;
    this.rows += rows;
    run.mergeValid(valid, rows, filled);
    if (!this.dictionary) return;
    const { state, table, entries, indices } = this.dictionary;
    const index = this.storage === 'fixed' ? run.indexFixed : run.indexTexts;
    index(state, table, entries, indices, maxEntries, values, valid, rows);
  }

  /** Returns the evidence of all values. */
  evidence(): Evidence {
    return this.examine ? addEvidence(this.judged, this.plainEvidence()) : noEvidence;
  }

  /** Returns the different integers from the dictionary; undefined if there are more than `maxNumbers`. */
  private differentIntegers(): readonly bigint[] | undefined {
    if (!this.dictionary) return undefined;
    const { state, entries } = this.dictionary;
    const [count = 0, slots = 0] = this.kernel.words(state, 2);
    if (slots === 0 || count > maxNumbers) return undefined;
    return [...new BigInt64Array(this.kernel.copy(entries, count * 8).buffer)];
  }

  private plainEvidence(): StoredEvidence {
    const { plan } = this;
    const counts = new DataView(this.kernel.copy(this.counts, countBytes).buffer);
    const [first = 0] = wordsOf(counts);
    if (this.judgesAll) return {};
    switch (this.kind) {
      case 'integer':
        return { ...evidenceOfIntegers(counts, this.differentIntegers()), dateIntegers: this.dateIntegers };
      case 'double':
        return evidenceOfDecimals(counts, plan.decimal);
      case 'decimal':
        return evidenceOfMarks(counts, plan.decimal);
      case 'boolean':
        return { values: first, booleans: first };
      case 'date':
      case 'timestamp':
        return evidenceOfDates(counts, plan.dateOrder);
      case 'timestamptz': {
        const evidence = evidenceOfDates(counts, plan.dateOrder);
        return this.instantOf ? evidence : { ...evidence, zoned: evidence.timed ?? 0 };
      }
      case 'text':
        return plan.watch === 'all' ? evidenceOfDecimals(counts, '.') : { values: first };
      default:
        return {};
    }
  }
}
