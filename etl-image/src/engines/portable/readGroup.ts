import { rowsOf, withoutLineEnd } from '../../extractors/rows';
import { addEvidence, type Evidence, noEvidence } from '../../transformers/evidence';
import { type ColumnPlan, wantsDates } from '../../transformers/schema';
import { evidenceOf, readValue, type Value } from '../../transformers/texts';
import {
  type Coercion,
  contradiction,
  type FieldDialect,
  type Place,
  type ReadGroup,
  type Reject,
  type RowGroup,
  rawBytes,
  reasons,
} from '../engine';
import { readFields } from './fields';

export type PortableRow = Readonly<Record<string, Value | null>>;

/** Why a row is rejected. */
type Why = Pick<Reject, 'column' | 'reason' | 'kind'>;

/** What a row of the right width is. */
type ReadRow =
  | { readonly kind: 'good'; readonly row: PortableRow; readonly coerced: readonly { column: string; raw: string }[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'reject'; readonly why: Why };

/** Reads a row group value by value. */
export function readGroup(group: RowGroup, plans: readonly ColumnPlan[], dialect: FieldDialect): ReadGroup {
  const lineEnd = dialect.lineEnd.charCodeAt(0);
  const evidence: Evidence[] = plans.map(() => noEvidence);
  const rejects: Reject[] = [];
  const coercions: Coercion[] = [];
  const content: PortableRow[] = [];
  let place: Place = { row: 0, lines: 0, byte: 0 };
  const rowBytes = [...rowsOf(group.bytes, dialect)];
  for (const [index, fields] of readFields(rowBytes, dialect).entries()) {
    const bytes = rowBytes[index] ?? group.bytes.subarray(0, 0);
    const read: ReadRow = typeof fields === 'string' ? broken(fields) : readRow(fields, plans, evidence);
    if (read.kind === 'reject') rejects.push({ ...place, ...read.why, raw: rawOf(bytes, lineEnd) });
    if (read.kind === 'good') {
      content.push(read.row);
      for (const each of read.coerced) coercions.push({ ...place, ...each });
    }
    const lines = bytes.filter((byte) => byte === lineEnd).length;
    place = { row: place.row + 1, lines: place.lines + lines, byte: place.byte + bytes.length };
  }
  const rowsBlank = place.row - content.length - rejects.length;
  const { bytes, rows } = group;
  return { bytes, rows, rowsBlank, rowsWritten: content.length, evidence, rejects, coercions, content };
}

function broken(why: 'blank' | keyof typeof reasons, column: string | null = null): ReadRow {
  if (why === 'blank') return { kind: 'blank' };
  return { kind: 'reject', why: { column, reason: reasons[why], kind: reasons[why] } };
}

/** Adds to `evidence` what the values say of their columns. */
function readRow(fields: readonly string[], plans: readonly ColumnPlan[], evidence: Evidence[]): ReadRow {
  if (fields.length > plans.length) return broken('tooMany');
  if (fields.length < plans.length) return broken('tooFew', plans[fields.length]?.name ?? null);
  const row: Record<string, Value | null> = {};
  const coerced: { column: string; raw: string }[] = [];
  let why: Why | undefined;
  for (const [index, plan] of plans.entries()) {
    const text = fields[index] ?? '';
    // As in the kernel: what was found to be text is not looked at any more.
    if (plan.type !== 'text' || plan.watch !== 'nothing') {
      evidence[index] = addEvidence(evidence[index] ?? noEvidence, evidenceOf(text, { dates: wantsDates(plan) }));
    }
    const value = readValue(text, plan);
    row[plan.name] = value ?? null;
    if (value !== undefined) continue;
    if (plan.coerces) coerced.push({ column: plan.name, raw: text });
    else if (plan.declared) why ??= { column: plan.name, ...contradiction(text, plan) };
  }
  if (why) return { kind: 'reject', why };
  if (coerced.length === 0 && Object.values(row).every((value) => value === null)) return { kind: 'blank' };
  return { kind: 'good', row, coerced };
}

function rawOf(bytes: Uint8Array, lineEnd: number): string {
  return Buffer.from(withoutLineEnd(bytes, lineEnd).subarray(0, rawBytes)).toString('utf8');
}
