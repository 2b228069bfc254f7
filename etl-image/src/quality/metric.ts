import type { Rule, RuleOf } from '@etl/pipeline/quality/rules';
import type { Value } from '../types/reader';
import type { ColumnPlan } from '../types/schema';

/** Counts of one rule in some of the rows. */
export interface Tally {
  /** Adds a value that `rows` rows have. */
  add?(value: Value, rows: number): void;
  /** Adds nulls. */
  addNulls?(rows: number): void;
  /** Result of the rows added so far; null without a result. */
  total(): number | null;
}

/** How a rule is measured under a certain schema. */
export type Measure =
  | { readonly kind: 'values'; readonly column: number; start(): Tally }
  | { readonly kind: 'keys'; readonly columns: readonly number[] }
  /** The number of rows decides. */
  | { readonly kind: 'rows' }
  | { readonly kind: 'notEvaluable'; readonly reason: string };

/** A metric of columns. */
export interface Metric<Name extends Rule['metric']> {
  measure(rule: RuleOf<Name>, plan: ColumnPlan, column: number): Measure;
  /** Merges the results of two groups of rows. */
  merge(a: number, b: number): number;
}

/** A tally of nulls, for which values need not be read. */
export function countNulls(): Tally {
  let count = 0;
  return {
    addNulls: (rows) => {
      count += rows;
    },
    total: () => count,
  };
}

/** A tally of the values for which `counts` is true, and of nulls if `nulls` is true. */
export function countIf(counts: (value: Value) => boolean, nulls: boolean): Tally {
  let count = 0;
  return {
    add: (value, rows) => {
      if (counts(value)) count += rows;
    },
    addNulls: (rows) => {
      if (nulls) count += rows;
    },
    total: () => count,
  };
}

export const sum = (a: number, b: number): number => a + b;
