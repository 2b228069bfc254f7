import { cut } from '@etl/lib/capped';
import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import type { RowGroup } from '../csv/window';
import type { Measured } from '../quality/measures';
import type { Evidence } from '../types/evidence';
import type { ColumnPlan } from '../types/schema';

export type { FieldDialect };

/** Position of a row, relative to the start of its group. */
export interface Place {
  /** 0 for the first row. */
  readonly row: number;
  /** Line ends before the row. */
  readonly lines: number;
  readonly byte: number;
}

/** A row that is left out of the part. */
export interface Reject extends Place {
  readonly column: string | null;
  readonly reason: string;
  /** The reason without the value, for counts. */
  readonly kind: string;
  /** The row as in the source. */
  readonly raw: string;
}

/** A date that did not parse and became null. */
export interface Coercion extends Place {
  readonly column: string;
  /** The value as in the source. */
  readonly raw: string;
}

/** Rows that `dialect.footer` excludes. */
export interface Footer {
  readonly rows: number;
  /** Line ends before the first one, from the start of the group. */
  readonly lines: number;
}

/** A row group that was read under certain plans. */
export interface ReadGroup {
  /** The group's bytes, returned to the caller, which may read them again. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly rowsBlank: number;
  readonly rowsWritten: number;
  /** Greatest length of each column's written values, in bytes of UTF-8; 0 for types that are not stored as text. */
  readonly maxBytes: readonly number[];
  readonly footer?: Footer;
  /** Evidence of each column, independent of the plans. */
  readonly evidence: readonly Evidence[];
  readonly rejects: readonly Reject[];
  readonly coercions: readonly Coercion[];
  /** Measures of the quality rules; absent without rules. */
  readonly measured?: Measured;
  /** Input of `PartWriter.add` of the same engine. */
  readonly content: unknown;
}

/** Writer of one Parquet file. */
export interface PartWriter {
  add(group: ReadGroup): Promise<void>;
  finish(): Promise<void>;
  /** Closes and removes the file. */
  abandon(): Promise<void>;
}

/**
 * Reads CSV and writes Parquet, with column types that the caller decides. Up to `parallel` groups are read
 * concurrently. A part is written one group at a time.
 */
export interface Engine {
  readonly parallel: number;
  read(group: RowGroup, plans: readonly ColumnPlan[]): Promise<ReadGroup>;
  openPart(path: string, plans: readonly ColumnPlan[]): Promise<PartWriter>;
  close(): Promise<void>;
}

/** Maximum length of a rejected row in the rejects file, in bytes. Its position locates the rest. */
export const rawBytes = 64 * 1024;

export const reasons = {
  tooFew: 'too few fields',
  tooMany: 'too many fields',
  misquoted: 'text after a closing quote',
  strayReturn: 'a carriage return outside of quotes',
  notUtf8: 'bytes that are not UTF-8',
  nul: 'a NUL byte',
  repeatedHeader: 'repeated header',
} as const;

/** Maximum number of characters of a value in a reason. The raw row has all of it. */
const shownText = 1000;

/** Returns the reason for which a value rejects its row, with the value (`reason`) and without it (`kind`). */
export function contradiction(text: string, plan: ColumnPlan): { reason: string; kind: string } {
  const { name, type, rules } = plan;
  const format = rules?.format === undefined ? '' : ` in the format ${rules.format}`;
  return {
    reason: `${JSON.stringify(cut(text, shownText))} is not of type ${type}${format}`,
    kind: `${name}: value is not of type ${type}${format}`,
  };
}

/** Returns the reason for which a null rejects its row. */
export function missingValue({ name }: ColumnPlan): { reason: string; kind: string } {
  return { reason: 'required', kind: `${name}: required` };
}
