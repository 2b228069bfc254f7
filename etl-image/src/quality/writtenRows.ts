import type { Value } from '../types/reader';

/** The rows of a group that are written, as an engine provides them. Columns are numbered in the file's order. */
export interface WrittenRows {
  readonly rows: number;
  /** Returns the number of nulls of a column. */
  nulls(column: number): number;
  /**
   * Calls `use` for the values of a column that are not null, with the number of rows that have the value. A value may
   * occur in several calls.
   */
  eachValue(column: number, use: (value: Value, rows: number) => void): void;
  /** Returns the keys of the rows without a null in these columns, in the order of the rows (`keyWords` each). */
  keys(columns: readonly number[]): Uint32Array<ArrayBuffer>;
}

/**
 * 32-bit words of a key: a hash of 128 bits of the values, and the line ends between the start of the group and the
 * row.
 */
export const keyWords = 5;
export const hashWords = 4;
