import type { Address, Kernel } from '../../kernel/kernel';
import { addEvidence, type Evidence, noEvidence } from '../../transformers/evidence';
import type { ColumnPlan } from '../../transformers/schema';
import type { Value } from '../../transformers/texts';

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

/** One column of a row group, gathered a batch of rows at a time. */
export class GroupColumn {
  /** Eight bytes a row; of texts, where they are. */
  readonly values: Address;
  readonly valid: Address;
  readonly dictionary: Dictionary | undefined;
  /** Rows gathered so far. */
  rows = 0;
  private readonly counts: Address;
  private judged = noEvidence;

  constructor(
    private readonly kernel: Kernel,
    readonly plan: ColumnPlan,
    capacity: number,
  ) {
    this.values = kernel.place(capacity * 8);
    this.valid = kernel.place(capacity);
    this.counts = kernel.place(16);
    kernel.fill(this.counts, 16, 0);
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
    switch (plan.type) {
      case 'integer':
        return run.readIntegers(fields, stride, rows, values, valid, odd, counts);
      case 'double':
        return run.readDecimals(fields, stride, rows, values, valid, odd, counts, plan.decimal.charCodeAt(0));
      case 'boolean':
        return run.readBooleans(fields, stride, rows, values, valid, odd, counts);
      case 'date':
      case 'timestamp':
        return run.readDates(fields, stride, rows, values, valid, odd, counts, plan.dateOrder === 'mdy');
      case 'text':
        run.readTexts(fields, stride, rows, values, valid);
        return plan.watch === 'nothing' ? 0 : run.watchTexts(values, rows, odd, counts, plan.watch === 'all');
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

  /** What all its values say. */
  evidence(): Evidence {
    const [a = 0, b = 0, c = 0, d = 0] = this.kernel.words(this.counts, 4);
    return addEvidence(plainEvidence(this.plan, a, b, c, d), this.judged);
  }
}

/** What the kernel's counts of a column mean (kernel/numbers.ts, dates.ts, texts.ts). */
function plainEvidence(plan: ColumnPlan, a: number, b: number, c: number, d: number): Evidence {
  switch (plan.type) {
    case 'integer':
      return { ...noEvidence, values: a, integers: a, bigIntegers: b };
    case 'double': {
      const fractions = plan.decimal === ',' ? { commaDoubles: b, sureCommaDoubles: c } : { doubles: b };
      return { ...noEvidence, values: a + b, integers: a, ...fractions };
    }
    case 'boolean':
      return { ...noEvidence, values: a, booleans: a };
    case 'date':
    case 'timestamp':
      return { ...noEvidence, values: a + (plan.dateOrder === 'mdy' ? c : b), ymd: a, dmy: b, mdy: c, timed: d };
    case 'text':
      return { ...noEvidence, values: a };
  }
}
