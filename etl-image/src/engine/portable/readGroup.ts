import { isStoredAsText } from '@etl/pipeline/columns/types';
import { createFooterTest } from '@etl/pipeline/csv/footer';
import { isHintLine } from '@etl/pipeline/csv/separatorHint';
import { rowsOf, withoutLineEnd } from '../../csv/rows';
import type { RowGroup } from '../../csv/window';
import type { Checker } from '../../quality/checks';
import { addEvidence, type Evidence, noEvidence } from '../../types/evidence';
import { createExaminer, createReader, type Reader, type Value } from '../../types/reader';
import { createHeaderTest } from '../../types/repeatedHeader';
import type { ColumnPlan } from '../../types/schema';
import {
  type Coercion,
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
import { type Fields, readFields } from './fields';
import { GroupRows, type PortableRow } from './groupRows';

/** Why a row is rejected. */
type Why = Pick<Reject, 'column' | 'reason' | 'kind'>;

type ReadRow =
  | { readonly kind: 'good'; readonly row: PortableRow; readonly coerced: readonly { column: string; raw: string }[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'broken'; readonly reason: keyof typeof reasons }
  | { readonly kind: 'reject'; readonly why: Why };

interface ReadColumn {
  readonly plan: ColumnPlan;
  readonly read: Reader;
  readonly examine: ReturnType<typeof createExaminer>;
}

/** Reads a row group value by value. */
export function readGroup(
  group: RowGroup,
  plans: readonly ColumnPlan[],
  dialect: FieldDialect,
  checker?: Checker,
): ReadGroup {
  const lineEnd = dialect.lineEnd.charCodeAt(0);
  const evidence: Evidence[] = plans.map(() => noEvidence);
  const rejects: Reject[] = [];
  const coercions: Coercion[] = [];
  const content: PortableRow[] = [];
  const writtenLines: number[] = [];
  let place: Place = { row: 0, lines: 0, byte: 0 };
  let footer: Footer | undefined;
  const isFooter = createFooterTest(dialect.footer);
  const isHeader = createHeaderTest(plans);
  const columns = plans.map((plan) => ({ plan, read: createReader(plan), examine: createExaminer(plan) }));
  for (const row of rowsOf(group.bytes, dialect)) {
    const bytes = Buffer.from(row.buffer, row.byteOffset, row.length);
    const lines = bytes.filter((byte) => byte === lineEnd).length;
    const next = { row: place.row + 1, lines: place.lines + lines, byte: place.byte + bytes.length };
    if (isFooter(bytes)) {
      footer = { rows: (footer?.rows ?? 0) + 1, lines: footer?.lines ?? place.lines };
      place = next;
      continue;
    }
    const fields = readFields(bytes, dialect);
    const read: ReadRow =
      isHintLine(bytes) || (typeof fields !== 'string' && isHeader(fields))
        ? { kind: 'broken', reason: 'repeatedHeader' }
        : readRow(fields, columns, evidence);
    if (read.kind === 'reject') rejects.push({ ...place, ...read.why, raw: rawOf(bytes, lineEnd) });
    if (read.kind === 'broken') {
      const column = rejectedColumn(read.reason, bytes, plans, dialect);
      const reason = reasons[read.reason];
      rejects.push({ ...place, column, reason, kind: reason, raw: rawOf(bytes, lineEnd) });
    }
    if (read.kind === 'good') {
      content.push(read.row);
      writtenLines.push(place.lines);
      for (const each of read.coerced) coercions.push({ ...place, ...each });
    }
    place = next;
  }
  const rowsBlank = place.row - content.length - rejects.length - (footer?.rows ?? 0);
  const maxBytes = plans.map(({ type }, column) => (isStoredAsText(type) ? greatestLength(content, column) : 0));
  const found = { rowsBlank, rowsWritten: content.length, maxBytes, evidence, rejects, coercions, content };
  const measured = checker?.measure(plans, new GroupRows(content, plans, writtenLines));
  return { bytes: group.bytes, rows: group.rows, ...found, ...(footer && { footer }), ...(measured && { measured }) };
}

/** Reads a row and adds the evidence of its values to `evidence`. */
function readRow(fields: Fields, columns: readonly ReadColumn[], evidence: Evidence[]): ReadRow {
  if (fields === 'blank') return { kind: 'blank' };
  if (typeof fields === 'string') return { kind: 'broken', reason: fields };
  if (fields.length > columns.length) return { kind: 'broken', reason: 'tooMany' };
  if (fields.length < columns.length) return { kind: 'broken', reason: 'tooFew' };
  const row: (Value | null)[] = [];
  const coerced: { column: string; raw: string }[] = [];
  let why: Why | undefined;
  let missing: Why | undefined;
  for (const [index, { plan, read, examine }] of columns.entries()) {
    const text = fields[index] ?? '';
    if (examine) evidence[index] = addEvidence(evidence[index] ?? noEvidence, examine(text));
    const value = read(text);
    row.push(value ?? null);
    if (value === null && plan.rules?.required) missing ??= { column: plan.name, ...missingValue(plan) };
    if (value !== undefined) continue;
    if (plan.coerces) coerced.push({ column: plan.name, raw: text });
    else if (plan.declared) why ??= { column: plan.name, ...contradiction(text, plan) };
  }
  if (why) return { kind: 'reject', why };
  if (coerced.length === 0 && row.every((value) => value === null)) return { kind: 'blank' };
  if (missing) return { kind: 'reject', why: missing };
  return { kind: 'good', row, coerced };
}

/** Returns the greatest length of a column's texts, in bytes of UTF-8. */
function greatestLength(content: readonly PortableRow[], column: number): number {
  return content.reduce((greatest, row) => Math.max(greatest, Buffer.byteLength(String(row[column] ?? ''))), 0);
}

function rawOf(row: Buffer, lineEnd: number): string {
  return withoutLineEnd(row, lineEnd).subarray(0, rawBytes).toString('utf8');
}
