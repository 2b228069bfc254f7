import type { FieldDialect } from '@etl/pipeline/csv/splitRow';
import type { RowGroup } from '../csv/window';
import type { Evidence } from '../types/evidence';
import type { ColumnPlan } from '../types/schema';

export type { FieldDialect };

/** Where a row lies, counted from the beginning of its group. */
export interface Place {
  /** 0 for the first row. */
  readonly row: number;
  /** Line ends before the row. */
  readonly lines: number;
  readonly byte: number;
}

/** A row that will not be in the part. */
export interface Reject extends Place {
  readonly column: string | null;
  readonly reason: string;
  /** The same for all values of a column, for counting. */
  readonly kind: string;
  /** The row as it stands in the source. */
  readonly raw: string;
}

/** A date that did not parse and became null. */
export interface Coercion extends Place {
  readonly column: string;
  /** The value as it stands in the source. */
  readonly raw: string;
}

/** A row group as it was read under certain plans. */
export interface ReadGroup {
  /** The same bytes, given back: they may be needed again. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly rowsBlank: number;
  readonly rowsWritten: number;
  /** What the values say of each column, whatever the plans were. */
  readonly evidence: readonly Evidence[];
  readonly rejects: readonly Reject[];
  readonly coercions: readonly Coercion[];
  /** What `PartWriter.add` of the same engine takes. */
  readonly content: unknown;
}

/** A Parquet file that is being written. */
export interface PartWriter {
  add(group: ReadGroup): Promise<void>;
  finish(): Promise<void>;
  /** Without a file left behind. */
  abandon(): Promise<void>;
}

/**
 * What reads CSV and writes Parquet. It is told the columns' types and decides none. Reading goes on in several groups at
 * once, as many as `parallel` says; a part is written a group at a time.
 */
export interface Engine {
  readonly parallel: number;
  read(group: RowGroup, plans: readonly ColumnPlan[]): Promise<ReadGroup>;
  openPart(path: string, plans: readonly ColumnPlan[]): Promise<PartWriter>;
  close(): Promise<void>;
}

/** A rejected row is told up to here; its place says where to find the rest. */
export const rawBytes = 64 * 1024;

export const reasons = {
  tooFew: 'too few fields',
  tooMany: 'too many fields',
  misquoted: 'text after a closing quote',
  strayReturn: 'a carriage return outside of quotes',
  notUtf8: 'bytes that are no UTF-8',
  nul: 'a NUL byte',
  repeatedHeader: 'repeated header',
} as const;

/** Why a value rejects its row: in full, and as it is counted. */
export function contradiction(text: string, plan: ColumnPlan): { reason: string; kind: string } {
  return { reason: `${JSON.stringify(text)} is no ${plan.type}`, kind: `${plan.name}: value is no ${plan.type}` };
}
