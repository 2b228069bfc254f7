import { addEvidence, type Evidence, noEvidence, type StoredEvidence } from '../../types/evidence';
import { type ColumnPlan, wantsDates } from '../../types/schema';
import { maxNumbers } from '../../types/spellings';
import type { Value } from '../../types/texts';
import type { Address, Kernel } from '../../wasm/kernel';
import { countBytes, evidenceOfDates, evidenceOfDecimals, evidenceOfIntegers, wordsOf } from './counts';

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

/** One column of a row group, read in batches of rows. */
export class GroupColumn {
  /** Eight bytes per row: the value, or the address and length of a text. */
  readonly values: Address;
  readonly valid: Address;
  readonly dictionary: Dictionary | undefined;
  /** Rows read so far. */
  rows = 0;
  private readonly counts: Address;
  private dateIntegers = 0;
  private judged = noEvidence;

  constructor(
    private readonly kernel: Kernel,
    readonly plan: ColumnPlan,
    capacity: number,
  ) {
    this.values = kernel.allocate(capacity * 8);
    this.valid = kernel.allocate(capacity);
    this.counts = kernel.allocate(countBytes);
    kernel.fill(this.counts, countBytes, 0);
    if (plan.type === 'boolean') return;
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
    switch (plan.type) {
      case 'integer': {
        const unprovenRows = run.readIntegers(fields, stride, rows, values, valid, unproven, counts);
        if (dates) this.dateIntegers += run.countDates(values, valid, rows);
        return unprovenRows;
      }
      case 'double': {
        const mark = plan.decimal.charCodeAt(0);
        return run.readDecimals(fields, stride, rows, values, valid, unproven, counts, mark, dates);
      }
      case 'boolean':
        return run.readBooleans(fields, stride, rows, values, valid, unproven, counts);
      case 'date':
      case 'timestamp': {
        const [monthFirst, daysOnly] = [plan.dateOrder === 'mdy', plan.type === 'date'];
        return run.readDates(fields, stride, rows, values, valid, unproven, counts, monthFirst, daysOnly);
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
    }
  }

  /** Adds the evidence of a value that was judged outside the kernel. */
  judge(evidence: Evidence): void {
    this.judged = addEvidence(this.judged, evidence);
  }

  /** Stores a judged value. `row` is relative to the current batch. */
  set(row: number, value: Value): void {
    const at = this.rows + row;
    if (typeof value === 'number') this.kernel.setDouble(this.values + at * 8, value);
    else this.kernel.setInteger(this.values + at * 8, BigInt(value));
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
    const index = this.plan.type === 'text' ? run.indexTexts : run.indexFixed;
    index(state, table, entries, indices, maxEntries, values, valid, rows);
  }

  /** Returns the evidence of all values. */
  evidence(): Evidence {
    return addEvidence(this.judged, this.plainEvidence());
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
    switch (plan.type) {
      case 'integer':
        return { ...evidenceOfIntegers(counts, this.differentIntegers()), dateIntegers: this.dateIntegers };
      case 'double':
        return evidenceOfDecimals(counts, plan.decimal);
      case 'boolean':
        return { values: first, booleans: first };
      case 'date':
      case 'timestamp':
        return evidenceOfDates(counts, plan.dateOrder);
      case 'text':
        return plan.watch === 'all' ? evidenceOfDecimals(counts, '.') : { values: first };
    }
  }
}
