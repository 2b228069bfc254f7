import { isUtf8 } from 'node:buffer';
import { createFooterTest } from '@etl/pipeline/csv/footer';
import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { withoutLineEnd } from '../../csv/rows';
import { Checker, type Checks } from '../../quality/checks';
import type { Evidence } from '../../types/evidence';
import type { ColumnPlan } from '../../types/schema';
import { type Address, Kernel } from '../../wasm/kernel';
import {
  contradiction,
  type FieldDialect,
  type Footer,
  missingValue,
  type Place,
  type ReadGroup,
  type Reject,
  rawBytes,
  reasons,
} from '../engine';
import { rejectedColumn } from '../rejectedColumn';
import { GroupColumn } from './column';
import { type EncodedGroup, encodeGroup } from './encodeGroup';
import { GroupRows } from './groupRows';
import { RepeatedHeaders } from './repeatedHeaders';

/** Status bytes of rows. assembly/fields.ts sets the first six. */
const blank = 1;
const notUtf8 = 6;
const nul = 7;
const contradicted = 8;
const repeatedHeader = 9;
const footerRow = 10;
const structural = [
  ...[undefined, undefined, 'tooFew', 'tooMany', 'misquoted', 'strayReturn', 'notUtf8', 'nul', undefined],
  'repeatedHeader',
] as const;

/** Fields per batch. A batch fits into the processor's L2 cache together with its texts. */
const batchFields = 16_384;

/** Matches the error of a group with a wrong number of rows. Errors of threads arrive as text. */
export const rowCountMismatch = /\d+ rows were cut, but /;

/** A thread's result, without the group's bytes. */
export interface GroupContent extends Omit<ReadGroup, 'bytes' | 'rows'> {
  readonly content: EncodedGroup;
}

/** Returns the buffers of a result that a thread transfers without a copy. */
export function buffersOf(bytes: Uint8Array<ArrayBuffer>, { content, measured }: GroupContent): ArrayBuffer[] {
  return [bytes.buffer, content.pages.buffer, ...(measured?.keys ?? []).map(({ buffer }) => buffer)];
}

/** Reads row groups sequentially in one thread. */
export class GroupReader {
  private readonly kernel = new Kernel();
  private readonly checker: Checker | undefined;

  constructor(
    private readonly dialect: FieldDialect,
    checks?: Checks,
  ) {
    this.checker = checks && new Checker(checks);
  }

  read(bytes: Uint8Array<ArrayBuffer>, rows: number, plans: readonly ColumnPlan[]): GroupContent {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.kernel.reset();
    const reading = new Reading(this.kernel, this.dialect, source, rows, plans);
    reading.readAll();
    // Rejected and empty rows must be removed from all columns: reads the group again without them.
    if (reading.contradictions.size + reading.empty.length === 0) return reading.content(this.checker);
    const { contradictions, empty } = reading;
    const evidence = reading.evidence();
    this.kernel.reset();
    const rest = new Reading(this.kernel, this.dialect, source, rows, plans);
    rest.leaveOut(contradictions, empty);
    rest.readAll();
    // Evidence of values that contradict their types counts: it may show a wrong notation of the type.
    return { ...rest.content(this.checker), evidence };
  }
}

type Why = Pick<Reject, 'column' | 'reason' | 'kind'>;

/** One group in the kernel's memory. */
class Reading {
  readonly contradictions = new Map<number, Why>();
  /** Rows in which every value is null. */
  readonly empty: number[] = [];
  private readonly input: Address;
  private readonly unescaped: Address;
  private readonly starts: Address;
  private readonly status: Address;
  private readonly columns: readonly GroupColumn[];
  private readonly coercions: { readonly row: number; readonly column: string; readonly raw: string }[] = [];
  /** One byte per good row: whether any column has a value. */
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
    this.input = kernel.allocate(source.length);
    this.unescaped = kernel.allocate(source.includes(dialect.quote) ? source.length : 0);
    this.starts = kernel.allocate((rows + 1) * 4);
    this.status = kernel.allocate(rows);
    this.columns = plans.map((plan) => new GroupColumn(kernel, plan, rows));
    this.filled = kernel.allocate(rows);
    kernel.write(this.input, source);
    kernel.fill(this.status, rows, 0);
    kernel.fill(this.filled, rows, 0);
    this.markBadBytes();
    this.markFooters();
  }

  private footers = 0;

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
    const fields = kernel.allocate(batchRows * stride);
    const numbers = kernel.allocate(batchRows * 4);
    const unproven = kernel.allocate(batchRows * 4);
    const report = kernel.allocate(16);
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
        continue; // Reads the batch again without them: repeated headers must not count as evidence of types.
      }
      if (rows === 0) throw new Error(`${this.rows} rows were cut, but only ${done} found`);
      const filled = this.filled + (columns[0]?.rows ?? 0);
      for (const [index, column] of columns.entries()) {
        const unprovenRows = column.readBatch(fields + index * 8, stride, good, unproven);
        if (unprovenRows > 0)
          this.judge(index, column, { fields, stride, numbers, unproven, unprovenRows, done, filled });
        column.endBatch(good, filled);
      }
      for (const column of columns)
        if (column.plan.rules?.required) this.requireValues(column, good, numbers, done, filled);
      if (kernel.run.countByte(filled, filled + good, 0) > 0) {
        for (let row = 0; row < good; row++)
          if (kernel.byte(filled + row) === 0) this.empty.push(done + kernel.word(numbers + row * 4));
      }
      at = next;
      free = unescaped;
      done += rows;
    }
    if (at !== end) throw new Error(`${this.rows} rows were cut, but there are more`);
    kernel.setWord(this.starts + this.rows * 4, end);
  }

  evidence(): Evidence[] {
    return this.columns.map((column) => column.evidence());
  }

  content(checker: Checker | undefined): GroupContent {
    const rowsBlank = this.kernel.run.countByte(this.status, this.status + this.rows, blank);
    const rowsWritten = this.columns[0]?.rows ?? 0;
    const footer = this.footer();
    const measured = checker?.measure(this.plans, this.writtenRows(checker));
    const content = encodeGroup(this.kernel, this.columns);
    return {
      rowsBlank,
      rowsWritten,
      // A group without written rows has no encoded columns.
      maxBytes: this.plans.map((_, column) => content.columns[column]?.maxBytes ?? 0),
      ...(footer && { footer }),
      evidence: this.evidence(),
      rejects: rowsBlank + rowsWritten + this.footers < this.rows ? this.rejects() : [],
      coercions: this.placed(this.coercions),
      content,
      ...(measured && { measured }),
    };
  }

  private writtenRows({ checks }: Checker): GroupRows {
    const { kernel, status, starts, rows, lineEnd } = this;
    const storeLines = (to: Address): void => kernel.run.linesOfRows(status, starts, rows, lineEnd, to);
    return new GroupRows(kernel, this.columns, checks.hashKey, storeLines);
  }

  /** Marks rows with invalid UTF-8 or NUL bytes. Few groups have one, and checking the whole group first is faster. */
  private markBadBytes(): void {
    const { source } = this;
    const text = isUtf8(source);
    const zero = source.includes(0);
    if (text && !zero) return;
    for (const [row, bytes] of this.eachRow()) {
      if (!text && !isUtf8(bytes)) this.kernel.setByte(this.status + row, notUtf8);
      else if (zero && bytes.includes(0)) this.kernel.setByte(this.status + row, nul);
    }
  }

  /** Marks footer rows. Few groups have a line that begins like one. */
  private markFooters(): void {
    const { source } = this;
    const { footer, lineEnd } = this.dialect;
    if (footer === undefined) return;
    const isFooter = createFooterTest(footer);
    if (!isFooter(source) && !source.includes(lineEnd + footer)) return;
    for (const [row, bytes] of this.eachRow()) {
      if (!isFooter(bytes)) continue;
      this.kernel.setByte(this.status + row, footerRow);
      this.footers++;
    }
  }

  /** Yields the rows before they are split. Slower than `readFields`. */
  private *eachRow(): Generator<[row: number, bytes: Buffer]> {
    const { kernel, source } = this;
    const [delimiter, quote] = [this.dialect.delimiter.charCodeAt(0), this.dialect.quote.charCodeAt(0)];
    const found = kernel.allocate(12);
    const end = this.input + source.length;
    let at = this.input;
    for (let row = 0; row < this.rows; row++) {
      kernel.run.findRows(at, end, delimiter, quote, this.lineEnd, 1, true, found);
      const next = kernel.word(found + 4);
      yield [row, source.subarray(at - this.input, next - this.input)];
      at = next;
    }
  }

  private footer(): Footer | undefined {
    const { kernel } = this;
    if (this.footers === 0) return undefined;
    let row = 0;
    while (kernel.byte(this.status + row) !== footerRow) row++;
    const [{ lines } = { lines: 0 }] = this.placed([{ row }]);
    return { rows: this.footers, lines };
  }

  /** Judges the values that the kernel could not prove: adds their evidence, values, coercions and contradictions. */
  private judge(
    index: number,
    column: GroupColumn,
    batch: {
      fields: Address;
      stride: number;
      numbers: Address;
      unproven: Address;
      unprovenRows: number;
      done: number;
      filled: Address;
    },
  ): void {
    const { kernel } = this;
    const { plan } = column;
    for (const row of kernel.words(batch.unproven, batch.unprovenRows)) {
      const field = batch.fields + row * batch.stride + index * 8;
      const at = kernel.word(field);
      const text = kernel.text(at, kernel.word(field + 4));
      column.judge(row, text);
      if (column.readsTexts) continue;
      const value = column.read(text);
      if (value === null) continue;
      if (value !== undefined) {
        if (typeof value === 'string') column.setText(row, at + offsetOf(value, text), Buffer.byteLength(value));
        else column.set(row, value);
        continue;
      }
      // The row is not blank, even if its value becomes null.
      kernel.setByte(batch.filled + row, 1);
      const number = batch.done + kernel.word(batch.numbers + row * 4);
      if (plan.coerces) {
        this.coercions.push({ row: number, column: plan.name, raw: text });
      } else if (plan.declared && !this.contradictions.has(number)) {
        this.contradictions.set(number, { column: plan.name, ...contradiction(text, plan) });
      }
    }
  }

  /** Rejects the rows of the latest batch in which a column is null, except blank rows and rejected ones. */
  private requireValues(column: GroupColumn, rows: number, numbers: Address, done: number, filled: Address): void {
    const { kernel, contradictions } = this;
    const valid = column.valid + column.rows - rows;
    if (kernel.run.countByte(valid, valid + rows, 0) === 0) return;
    for (let row = 0; row < rows; row++) {
      if (kernel.byte(valid + row) !== 0 || kernel.byte(filled + row) === 0) continue;
      const number = done + kernel.word(numbers + row * 4);
      if (!contradictions.has(number))
        contradictions.set(number, { column: column.plan.name, ...missingValue(column.plan) });
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

  /** Returns findings in source order, with their positions. */
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

  /** Returns a row as in the source, without its line end. */
  private rowBytes(row: number): Buffer {
    const at = this.starts + row * 4;
    const [start, next] = [this.kernel.word(at) - this.input, this.kernel.word(at + 4) - this.input];
    return withoutLineEnd(this.source.subarray(start, next), this.lineEnd);
  }
}

/** Returns the bytes of the white space before a value. */
function offsetOf(value: string, text: string): number {
  return text.startsWith(value) ? 0 : Buffer.byteLength(text.slice(0, text.indexOf(value)));
}
