import { addEvidence, type Evidence, type KeptEvidence, noEvidence } from '../../types/evidence';
import { type ColumnPlan, wantsDates } from '../../types/schema';
import { mostNumbers } from '../../types/spellings';
import type { Value } from '../../types/texts';
import type { Address, Kernel } from '../../wasm/kernel';
import { countBytes, evidenceOfDates, evidenceOfDecimals, evidenceOfIntegers, wordsOf } from './counts';

/** More different values than that are not worth a dictionary. */
const mostEntries = 16_384;
/** Slots that a dictionary's hash table begins with where there is room: a small one stays in the processor's cache. */
const firstSlots = 1024;

/** What a table may grow to, which doubles when it is half full (kernel/dictionary.ts). */
function slotsFor(entries: number): number {
  let slots = 16;
  while (slots < 2 * entries + 2) slots *= 2;
  return slots;
}

/** A column's dictionary (kernel/dictionary.ts). */
export interface Dictionary {
  readonly state: Address;
  readonly table: Address;
  readonly entries: Address;
  readonly indices: Address;
}

const point = '.'.charCodeAt(0);

/** One column of a row group, gathered a batch of rows at a time. */
export class GroupColumn {
  /** Eight bytes a row; of texts, where they are. */
  readonly values: Address;
  readonly valid: Address;
  readonly dictionary: Dictionary | undefined;
  /** Rows gathered so far. */
  rows = 0;
  private readonly counts: Address;
  private dateIntegers = 0;
  private judged = noEvidence;

  constructor(
    private readonly kernel: Kernel,
    readonly plan: ColumnPlan,
    capacity: number,
  ) {
    this.values = kernel.place(capacity * 8);
    this.valid = kernel.place(capacity);
    this.counts = kernel.place(countBytes);
    kernel.fill(this.counts, countBytes, 0);
    if (plan.type === 'boolean') return;
    const entries = Math.min(mostEntries, capacity);
    this.dictionary = {
      state: kernel.place(12),
      table: kernel.place(slotsFor(entries) * 4),
      entries: kernel.place(entries * 8),
      indices: kernel.place(capacity * 4),
    };
    kernel.run.openDictionary(this.dictionary.state, this.dictionary.table, Math.min(firstSlots, slotsFor(entries)));
  }

  /** Adds rows whose fields lie at `fields`. Returns how many are left to be judged; their numbers are at `odd`. */
  gather(fields: Address, stride: number, rows: number, odd: Address): number {
    const { plan, counts } = this;
    const { run } = this.kernel;
    const values = this.values + this.rows * 8;
    const valid = this.valid + this.rows;
    const dates = wantsDates(plan);
    switch (plan.type) {
      case 'integer': {
        const odds = run.readIntegers(fields, stride, rows, values, valid, odd, counts);
        if (dates) this.dateIntegers += run.countDates(values, valid, rows);
        return odds;
      }
      case 'double': {
        const mark = plan.decimal.charCodeAt(0);
        return run.readDecimals(fields, stride, rows, values, valid, odd, counts, mark, dates);
      }
      case 'boolean':
        return run.readBooleans(fields, stride, rows, values, valid, odd, counts);
      case 'date':
      case 'timestamp': {
        const [monthFirst, daysOnly] = [plan.dateOrder === 'mdy', plan.type === 'date'];
        return run.readDates(fields, stride, rows, values, valid, odd, counts, monthFirst, daysOnly);
      }
      case 'text':
        run.readTexts(fields, stride, rows, values, valid);
        if (plan.watch === 'nothing') return 0;
        if (plan.watch === 'dates') return run.watchDates(values, rows, odd, counts);
        // Mostly numbers: what they show is counted, and their values are not kept.
        return this.kernel.borrow(() => {
          const [anyValues, anyValid] = [this.kernel.place(rows * 8), this.kernel.place(rows)];
          return run.readDecimals(fields, stride, rows, anyValues, anyValid, odd, counts, point, dates);
        });
    }
  }

  /** Evidence of a value that was judged outside of the kernel. */
  judge(evidence: Evidence): void {
    this.judged = addEvidence(this.judged, evidence);
  }

  /** Puts a judged value in its place: `row` of those that are being gathered. */
  set(row: number, value: Value): void {
    const at = this.rows + row;
    if (typeof value === 'number') this.kernel.setDouble(this.values + at * 8, value);
    else this.kernel.setInteger(this.values + at * 8, BigInt(value));
    this.kernel.setByte(this.valid + at, 1);
  }

  /** Ends a batch: its values go into the dictionary while they are at hand. Marks at `filled` the rows that have one. */
  keep(rows: number, filled: Address): void {
    const { run } = this.kernel;
    const values = this.values + this.rows * 8;
    const valid = this.valid + this.rows;
    this.rows += rows;
    run.mergeValid(valid, rows, filled);
    if (!this.dictionary) return;
    const { state, table, entries, indices } = this.dictionary;
    const index = this.plan.type === 'text' ? run.indexTexts : run.indexFixed;
    index(state, table, entries, indices, mostEntries, values, valid, rows);
  }

  /** What all its values show. */
  evidence(): Evidence {
    return addEvidence(this.judged, this.plainEvidence());
  }

  /** Out of the dictionary; undefined when they are many. */
  private differentIntegers(): readonly bigint[] | undefined {
    if (!this.dictionary) return undefined;
    const { state, entries } = this.dictionary;
    const [count = 0, slots = 0] = this.kernel.words(state, 2);
    if (slots === 0 || count > mostNumbers) return undefined;
    return [...new BigInt64Array(this.kernel.copy(entries, count * 8).buffer)];
  }

  private plainEvidence(): KeptEvidence {
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
