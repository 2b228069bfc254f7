import type { QualityResult } from '@etl/pipeline/quality/results';
import { columnsOf, nameOf } from '@etl/pipeline/quality/ruleNames';
import type { Quality, Rule } from '@etl/pipeline/quality/rules';
import { describeThreshold, satisfies, type Threshold, thresholdOf } from '@etl/pipeline/quality/thresholds';
import { describeSchemaChanges, type KnownSchema, schemaChanges } from '@etl/pipeline/schemaChanges';
import type { ColumnPlan } from '../types/schema';
import type { MeasuredChunk, StoredKeys } from './chunkMeasures';
import type { Repeats } from './keyRuns';
import { measuresOf, mergeTotals } from './measures';
import type { Measure } from './metric';
import { ageInDays } from './metrics/freshness';

/** A chunk as it is written. */
interface ConvertedChunk {
  readonly number: number;
  /** Absent if no row is written. */
  readonly part?: unknown;
  readonly quality?: MeasuredChunk;
}

/** The converted batch, and what is known beside it. */
export interface Evaluated {
  readonly quality: Quality;
  readonly plans: readonly ColumnPlan[];
  readonly chunks: readonly ConvertedChunk[];
  readonly rowsWritten: number;
  readonly batchDate: string;
  /** Schema of the previous commit; undefined if there is none. */
  readonly previousSchema: KnownSchema | undefined;
  /** Counts the rows that repeat a key. */
  countRepeats(keys: readonly StoredKeys[]): Promise<Repeats>;
  /** Returns the rows of earlier batches: the newest one, or those of the average. */
  rowsBefore(against: 'previous' | 'average'): Promise<readonly number[]>;
}

/** A measured value, or the reason why there is none. */
type Value = { readonly value: number; readonly lines?: readonly number[] } | Missing;
interface Missing {
  readonly reason: string;
  /** Whether the rule only warns, because nothing was delivered before. */
  readonly first?: boolean;
}

/** Evaluates the rules over the rows that would be written. Results contain no cell values. */
export async function evaluateRules(batch: Evaluated): Promise<QualityResult[]> {
  const { rules = [] } = batch.quality;
  const measures = measuresOf(rules, batch.plans);
  const totals = batch.chunks.reduce<readonly (number | null)[]>(
    (sum, chunk) => mergeTotals(rules, sum, totalsOf(chunk, rules)),
    [],
  );
  const results: QualityResult[] = [...driftResult(batch)];
  for (const [at, rule] of rules.entries()) {
    const measure = measures[at];
    if (!measure) throw new Error(`rule ${at} has no measure`);
    const keyNumber = measures.slice(0, at).filter(({ kind }) => kind === 'keys').length;
    results.push(resultOf(rule, await measuredValue(rule, measure, totals[at] ?? null, keyNumber, batch)));
  }
  return results;
}

function totalsOf({ number, part, quality }: ConvertedChunk, rules: readonly Rule[]): readonly (number | null)[] {
  if (quality?.totals.length === rules.length) return quality.totals;
  if (part && rules.length > 0) throw new Error(`chunk ${number} was not measured: run again with another RUN_ID`);
  return [];
}

async function measuredValue(
  rule: Rule,
  measure: Measure,
  total: number | null,
  keyNumber: number,
  batch: Evaluated,
): Promise<Value> {
  if (measure.kind === 'notEvaluable') return { reason: measure.reason };
  if (rule.metric === 'rowCount') return rowCountOf(rule.against, batch);
  if (rule.metric === 'freshness') {
    const plan = batch.plans.find(({ name }) => name === rule.column);
    if (total === null || !plan) return { reason: `${rule.column} has no values` };
    return { value: ageInDays(total, rule, plan, batch.batchDate) };
  }
  if (measure.kind === 'keys') {
    const keys = batch.chunks.flatMap(({ quality }) => quality?.keys[keyNumber] ?? []);
    const { rows, lines } = await batch.countRepeats(keys);
    return { value: inUnit(rows, rule, batch), lines };
  }
  return { value: inUnit(total ?? 0, rule, batch) };
}

async function rowCountOf(against: 'previous' | 'average' | undefined, batch: Evaluated): Promise<Value> {
  const { rowsWritten } = batch;
  if (against === undefined) return { value: rowsWritten };
  const before = await batch.rowsBefore(against);
  if (before.length === 0) return { reason: 'there is no earlier batch', first: true };
  const average = before.reduce((sum, rows) => sum + rows, 0) / before.length;
  if (average === 0) return { reason: 'the earlier batches have no rows' };
  return { value: (100 * rowsWritten) / average };
}

function inUnit(rows: number, { unit }: { readonly unit?: 'rows' | 'percent' | undefined }, batch: Evaluated): number {
  if (unit !== 'percent') return rows;
  return batch.rowsWritten === 0 ? 0 : (100 * rows) / batch.rowsWritten;
}

function resultOf(rule: Rule, found: Value): QualityResult {
  const threshold = thresholdFor(rule);
  const columns = columnsOf(rule);
  const first = 'reason' in found && found.first === true;
  const base = {
    name: nameOf(rule),
    metric: rule.metric,
    ...(columns.length > 0 && { columns }),
    level: first ? 'warn' : (rule.level ?? 'block'),
  } as const;
  const unit = rule.metric === 'freshness' ? 'days' : (rule.unit ?? 'rows');
  const end = { threshold: describeThreshold(threshold), unit } as const;
  if ('reason' in found) return { ...base, outcome: 'notEvaluable', ...end, reason: found.reason };
  const { value, lines = [] } = found;
  const outcome = satisfies(value, threshold) ? 'passed' : 'failed';
  return { ...base, outcome, value: rounded(value), ...end, ...(lines.length > 0 && { lines }) };
}

function thresholdFor(rule: Rule): Threshold {
  if (rule.metric === 'freshness') return { operator: 'mustBeLessOrEqualTo', value: rule.maxAgeDays };
  return thresholdOf(rule) ?? { operator: 'mustBe', value: 0 };
}

/** Four digits after the point. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Returns the result of `schemaDrift`, unless the schema may evolve. */
function driftResult({ quality, plans, previousSchema }: Evaluated): QualityResult[] {
  const { schemaDrift = 'evolve' } = quality;
  if (schemaDrift === 'evolve') return [];
  const level = schemaDrift === 'freeze' ? 'block' : 'warn';
  const base = { name: 'schemaDrift', metric: 'schemaDrift', threshold: 'must be 0' } as const;
  if (!previousSchema)
    return [{ ...base, level: 'warn', outcome: 'notEvaluable', reason: 'there is no earlier batch' }];
  const changes = schemaChanges(previousSchema, plans);
  if (!changes) return [{ ...base, level, outcome: 'passed', value: 0 }];
  const { gone, types, added, reordered } = changes;
  const value = gone.length + types.length + added.length + (reordered ? 1 : 0);
  return [{ ...base, level, outcome: 'failed', value, reason: describeSchemaChanges(changes) }];
}
