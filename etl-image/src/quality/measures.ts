import { columnsOf } from '@etl/pipeline/quality/ruleNames';
import type { Rule } from '@etl/pipeline/quality/rules';
import type { ColumnPlan } from '../types/schema';
import type { Measure, Metric } from './metric';
import { freshness } from './metrics/freshness';
import { invalidValues } from './metrics/invalidValues';
import { missingValues } from './metrics/missingValues';
import { nullValues } from './metrics/nullValues';
import type { WrittenRows } from './writtenRows';

/** Metrics of the values of one column. */
const metrics: { readonly [Name in Rule['metric']]?: Metric<Name> } = {
  nullValues,
  missingValues,
  invalidValues,
  freshness,
};

function metricOf(rule: Rule): Metric<Rule['metric']> | undefined {
  return metrics[rule.metric] as Metric<Rule['metric']> | undefined;
}

/** Returns how each rule is measured under a schema. */
export function measuresOf(rules: readonly Rule[], plans: readonly ColumnPlan[]): Measure[] {
  const numbers = new Map(plans.map(({ name }, at) => [name, at]));
  return rules.map((rule) => {
    const columns = columnsOf(rule).map((name) => numbers.get(name));
    const absent = columnsOf(rule).find((name) => !numbers.has(name));
    if (absent !== undefined) return { kind: 'notEvaluable', reason: `the file has no column ${absent}` };
    const [column] = columns;
    const plan = column === undefined ? undefined : plans[column];
    if (column === undefined || !plan) return { kind: 'rows' };
    return metricOf(rule)?.measure(rule, plan, column) ?? { kind: 'keys', columns: columns as number[] };
  });
}

/** Measures of some rows, by rule. */
export interface Measured {
  /** Null without a result. */
  readonly totals: readonly (number | null)[];
  /** Keys of the rules that compare rows, in the order of these rules. */
  readonly keys: readonly Uint32Array<ArrayBuffer>[];
}

/** Measures the written rows of a group. Reads each column once. */
export function measureRows(measures: readonly Measure[], rows: WrittenRows): Measured {
  const tallies = measures.map((measure) => (measure.kind === 'values' ? measure.start() : undefined));
  const columns = new Set(measures.flatMap((measure) => (measure.kind === 'values' ? measure.column : [])));
  for (const column of columns) {
    const all = tallies.flatMap((tally, at) => {
      const measure = measures[at];
      return tally && measure?.kind === 'values' && measure.column === column ? tally : [];
    });
    const nulls = rows.nulls(column);
    for (const tally of all) tally.addNulls?.(nulls);
    const adds = all.flatMap(({ add }) => add ?? []);
    if (adds.length === 0) continue;
    rows.eachValue(column, (value, count) => {
      for (const add of adds) add(value, count);
    });
  }
  return {
    totals: tallies.map((tally) => tally?.total() ?? null),
    keys: measures.flatMap((measure) => (measure.kind === 'keys' ? [rows.keys(measure.columns)] : [])),
  };
}

/** Merges the totals of two groups of rows. */
export function mergeTotals(
  rules: readonly Rule[],
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): (number | null)[] {
  return rules.map((rule, at) => {
    const [one, other] = [a[at] ?? null, b[at] ?? null];
    if (one === null || other === null) return one ?? other;
    return metricOf(rule)?.merge(one, other) ?? null;
  });
}
