import { isUtf8 } from 'node:buffer';
import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { withoutLineEnd } from '../../csv/rows';
import type { Evidence } from '../../types/evidence';
import { type ColumnPlan, wantsDates } from '../../types/schema';
import { evidenceOf, readValue } from '../../types/texts';
import { type Address, Kernel } from '../../wasm/kernel';
import {
  contradiction,
  type FieldDialect,
  type Place,
  type ReadGroup,
  type Reject,
  rawBytes,
  reasons,
} from '../engine';
import { rejectedColumn } from '../rejectedColumn';
import { GroupColumn } from './column';
import { type EncodedGroup, encodeGroup } from './encodeGroup';
import { RepeatedHeaders } from './repeatedHeaders';

/** What a row is, by its status byte: kernel/fields.ts sets the first six. */
const blank = 1;
const notUtf8 = 6;
const nul = 7;
const contradicted = 8;
const repeatedHeader = 9;
const structural = [
  ...[undefined, undefined, 'tooFew', 'tooMany', 'misquoted', 'strayReturn', 'notUtf8', 'nul', undefined],
  'repeatedHeader',
] as const;

/** Fields that are read at a time: so many, with their texts, fit into a processor's second cache. */
const batchFields = 16_384;

/** A thread's error arrives as its words: those of a group that has not the rows it should have. */
export const otherRows = /\d+ rows were cut, and /;

/** What a thread answers: the bytes go back beside it. */
export interface GroupContent extends Omit<ReadGroup, 'bytes' | 'rows'> {
  readonly content: EncodedGroup;
}

/** Reads row groups, one after the other, in one thread. */
export class GroupReader {
  private readonly kernel = new Kernel();

  constructor(private readonly dialect: FieldDialect) {}

  read(bytes: Uint8Array<ArrayBuffer>, rows: number, plans: readonly ColumnPlan[]): GroupContent {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.kernel.reset();
    const reading = new Reading(this.kernel, this.dialect, source, rows, plans);
    reading.readAll();
    // Rows that turn out to be none have to be taken out of all columns: they are left out from the start.
    if (reading.contradictions.size + reading.empty.length === 0) return reading.content();
    const { contradictions, empty } = reading;
    const evidence = reading.evidence();
    this.kernel.reset();
    const rest = new Reading(this.kernel, this.dialect, source, rows, plans);
    rest.leaveOut(contradictions, empty);
    rest.readAll();
    // Evidence of values that contradicted their types counts: it may show that the type was read in the wrong way.
    return { ...rest.content(), evidence };
  }
}

type Why = Pick<Reject, 'column' | 'reason' | 'kind'>;

/** One group in the kernel's memory. */
class Reading {
  readonly contradictions = new Map<number, Why>();
  /** Rows that hold nothing but words for null, in columns where those are null. */
  readonly empty: number[] = [];
  private readonly input: Address;
  private readonly unescaped: Address;
  private readonly starts: Address;
  private readonly status: Address;
  private readonly columns: readonly GroupColumn[];
  private readonly coercions: { readonly row: number; readonly column: string; readonly raw: string }[] = [];
  /** A byte for each good row: whether any column has something to say of it. */
  private readonly filled: Address;
  private readonly lineEnd: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly dialect: FieldDialect,
    private readonly source: Buffer,
    private readonly rows: number,
    private readonly plans: readonly ColumnPlan[],
  ) {
    this.lineEnd = dialect.lineEnd.charCodeAt(0);
    this.input = kernel.place(source.length);
    this.unescaped = kernel.place(source.includes(dialect.quote) ? source.length : 0);
    this.starts = kernel.place((rows + 1) * 4);
    this.status = kernel.place(rows);
    this.columns = plans.map((plan) => new GroupColumn(kernel, plan, rows));
    this.filled = kernel.place(rows);
    kernel.write(this.input, source);
    kernel.fill(this.status, rows, 0);
    kernel.fill(this.filled, rows, 0);
    this.markBadBytes();
  }

  leaveOut(contradictions: ReadonlyMap<number, Why>, empty: readonly number[]): void {
    for (const row of empty) this.kernel.setByte(this.status + row, blank);
    for (const [row, why] of contradictions) {
      this.kernel.setByte(this.status + row, contradicted);
      this.contradictions.set(row, why);
    }
  }

  readAll(): void {
    const { kernel, dialect, source, plans, columns } = this;
    const stride = plans.length * 8;
    const batchRows = Math.max(16, Math.floor(batchFields / plans.length));
    const fields = kernel.place(batchRows * stride);
    const numbers = kernel.place(batchRows * 4);
    const odd = kernel.place(batchRows * 4);
    const report = kernel.place(16);
    const headers = new RepeatedHeaders(kernel, plans, dialect, batchRows);
    const end = this.input + source.length;
    let at = this.input;
    let free = this.unescaped;
    let done = 0;
    while (done < this.rows) {
      kernel.run.readFields(
        at,
        end,
        dialect.delimiter.charCodeAt(0),
        dialect.quote.charCodeAt(0),
        this.lineEnd,
        plans.length,
        Math.min(batchRows, this.rows - done),
        fields,
        numbers,
        this.starts + done * 4,
        this.status + done,
        free,
        report,
      );
      const [rows = 0, good = 0, next = end, unescaped = 0] = kernel.words(report, 4);
      const repeated = headers.find(fields, stride, good);
      if (repeated.length > 0) {
        for (const row of repeated) kernel.setByte(this.status + done + kernel.word(numbers + row * 4), repeatedHeader);
        continue; // The same batch again, without them: they are no evidence of types.
      }
      if (rows === 0) throw new Error(`${this.rows} rows were cut, and only ${done} are there`);
      const filled = this.filled + (columns[0]?.rows ?? 0);
      for (const [index, column] of columns.entries()) {
        const odds = column.gather(fields + index * 8, stride, good, odd);
        if (odds > 0) this.judge(index, column, { fields, stride, numbers, odd, odds, done, filled });
        column.keep(good, filled);
      }
      if (kernel.run.countByte(filled, filled + good, 0) > 0) {
        for (let row = 0; row < good; row++)
          if (kernel.byte(filled + row) === 0) this.empty.push(done + kernel.word(numbers + row * 4));
      }
      at = next;
      free = unescaped;
      done += rows;
    }
    if (at !== end) throw new Error(`${this.rows} rows were cut, and there are more`);
    kernel.setWord(this.starts + this.rows * 4, end);
  }

  evidence(): Evidence[] {
    return this.columns.map((column) => column.evidence());
  }

  content(): GroupContent {
    const rowsBlank = this.kernel.run.countByte(this.status, this.status + this.rows, blank);
    const rowsWritten = this.columns[0]?.rows ?? 0;
    return {
      rowsBlank,
      rowsWritten,
      evidence: this.evidence(),
      rejects: rowsBlank + rowsWritten < this.rows ? this.rejects() : [],
      coercions: this.placed(this.coercions),
      content: encodeGroup(this.kernel, this.columns),
    };
  }

  /** Rows with bytes that no text has. Hardly any group has one, and the whole is checked faster than its rows. */
  private markBadBytes(): void {
    const { source } = this;
    const text = isUtf8(source);
    const zero = source.includes(0);
    if (text && !zero) return;
    const { kernel } = this;
    const [delimiter, quote] = [this.dialect.delimiter.charCodeAt(0), this.dialect.quote.charCodeAt(0)];
    const found = kernel.place(12);
    const end = this.input + source.length;
    let at = this.input;
    for (let row = 0; row < this.rows; row++) {
      kernel.run.findRows(at, end, delimiter, quote, this.lineEnd, 1, true, found);
      const next = kernel.word(found + 4);
      const bytes = source.subarray(at - this.input, next - this.input);
      if (!text && !isUtf8(bytes)) kernel.setByte(this.status + row, notUtf8);
      else if (zero && bytes.includes(0)) kernel.setByte(this.status + row, nul);
      at = next;
    }
  }

  /** Evidence, values, coercions and contradictions of the rows that the kernel could not prove. */
  private judge(
    index: number,
    column: GroupColumn,
    batch: {
      fields: Address;
      stride: number;
      numbers: Address;
      odd: Address;
      odds: number;
      done: number;
      filled: Address;
    },
  ): void {
    const { kernel } = this;
    const { plan } = column;
    const wanted = { dates: wantsDates(plan) };
    for (const row of kernel.words(batch.odd, batch.odds)) {
      const field = batch.fields + row * batch.stride + index * 8;
      const text = kernel.text(kernel.word(field), kernel.word(field + 4));
      column.judge(evidenceOf(text, wanted));
      if (plan.type === 'text') continue;
      const value = readValue(text, plan);
      if (value === null) continue;
      if (value !== undefined) {
        column.set(row, value);
        continue;
      }
      // Whatever becomes of the row, it is not blank.
      kernel.setByte(batch.filled + row, 1);
      const number = batch.done + kernel.word(batch.numbers + row * 4);
      if (plan.coerces) {
        this.coercions.push({ row: number, column: plan.name, raw: text });
      } else if (plan.declared && !this.contradictions.has(number)) {
        this.contradictions.set(number, { column: plan.name, ...contradiction(text, plan) });
      }
    }
  }

  private rejects(): Reject[] {
    const { kernel } = this;
    const found = [...this.contradictions].map(([row, why]) => ({ row, ...why, raw: this.rawOf(row) }));
    for (let row = 0; row < this.rows; row++) {
      const broken = structural[kernel.byte(this.status + row)];
      if (broken === undefined) continue;
      const reason = isHintLine(this.rowBytes(row)) ? 'repeatedHeader' : broken;
      const column = rejectedColumn(reason, this.rowBytes(row), this.plans, this.dialect);
      found.push({ row, column, reason: reasons[reason], kind: reasons[reason], raw: this.rawOf(row) });
    }
    return this.placed(found);
  }

  /** In the order of the source, with their places. */
  private placed<Found extends { readonly row: number }>(found: readonly Found[]): (Found & Place)[] {
    const { kernel } = this;
    let lines = 0;
    let counted = this.input;
    return [...found]
      .sort((a, b) => a.row - b.row)
      .map((each) => {
        const start = kernel.word(this.starts + each.row * 4);
        lines += kernel.run.countByte(counted, start, this.lineEnd);
        counted = start;
        return { ...each, lines, byte: start - this.input };
      });
  }

  private rawOf(row: number): string {
    return this.rowBytes(row).subarray(0, rawBytes).toString('utf8');
  }

  /** A row as it stands in the source, without its line end. */
  private rowBytes(row: number): Buffer {
    const at = this.starts + row * 4;
    const [start, next] = [this.kernel.word(at) - this.input, this.kernel.word(at + 4) - this.input];
    return withoutLineEnd(this.source.subarray(start, next), this.lineEnd);
  }
}
