/** Result of a quality rule. Contains names, counts and thresholds, and no cell values. */
export interface QualityResult {
  readonly name: string;
  readonly metric: string;
  readonly columns?: readonly string[];
  readonly level: 'block' | 'hold' | 'warn';
  /** `notEvaluable` has the effect of `failed`. */
  readonly outcome: 'passed' | 'failed' | 'notEvaluable';
  /** In `unit`; absent if the rule could not be evaluated. */
  readonly value?: number;
  /** As text, like `must be at most 5`. */
  readonly threshold: string;
  readonly unit?: 'rows' | 'percent' | 'days';
  /** Why the rule could not be evaluated, or how the schema differs. */
  readonly reason?: string;
  /** Source lines of the first rows that repeat a key. */
  readonly lines?: readonly number[];
  /** Whether an operator approved the batch in spite of the result. */
  readonly approved?: true;
}

/** Number of rules by outcome. */
export type OutcomeCounts = Readonly<Record<QualityResult['outcome'], number>>;

export function countOutcomes(results: readonly QualityResult[]): OutcomeCounts {
  const counts = { passed: 0, failed: 0, notEvaluable: 0 };
  for (const { outcome } of results) counts[outcome]++;
  return counts;
}

const units = { rows: ' rows', percent: ' %', days: ' days' } as const;

/** Returns a value with its unit: `1 row`, `2 rows`, `0.5 %`. */
function withUnit(value: number, unit: QualityResult['unit']): string {
  if (unit === undefined) return String(value);
  return `${value}${value === 1 ? units[unit].replace(/s$/, '') : units[unit]}`;
}

/** Returns `no-nulls: 3 rows, must be 0`, or the reason of the result. */
export function describeResult({ name, value, threshold, unit, reason, lines = [] }: QualityResult): string {
  if (value === undefined) return `${name}: not evaluable: ${reason}`;
  if (reason !== undefined) return `${name}: ${reason}`;
  const where = lines.length === 0 ? '' : ` (such as line ${lines.join(', ')})`;
  return `${name}: ${withUnit(value, unit)}, ${threshold}${where}`;
}
