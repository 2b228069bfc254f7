import { own } from '@etl/lib/own';
import type { ColumnRules } from '@etl/pipeline/columns/columnSchema';
import { declaredRules, declaredType } from '@etl/pipeline/columns/declared';
import { type ColumnType, kindOf } from '@etl/pipeline/columns/types';
import type { Column } from '@etl/pipeline/csv/columnNames';
import type { Options } from '@etl/pipeline/options';
import { codeWarnings, dateWarnings, doubleWarnings, textWarnings } from './ambiguity';
import type { Evidence } from './evidence';
import { markBeside } from './grouping';
import { uniformity } from './spellings';

/** How a column is read: its type and the details of its notation. */
export interface ColumnPlan {
  readonly name: string;
  readonly sourceName: string;
  readonly type: ColumnType;
  readonly decimal: '.' | ',';
  readonly dateOrder: 'dmy' | 'mdy';
  /** Declared rules of the values; absent without any. */
  readonly rules?: ColumnRules;
  /** Whether the type is declared. A value that contradicts a declared type rejects its row. */
  readonly declared: boolean;
  /** Whether values that do not parse become null and are counted: true for inferred dates. */
  readonly coerces: boolean;
  /**
   * Values of a text column that may still change its type or its warnings: `all` while every value is a number,
   * `dates` (values with digits) in a column with a date name. Any other text column stays text.
   */
  readonly watch: 'all' | 'dates' | 'nothing';
}

export interface Decision {
  readonly plan: ColumnPlan;
  readonly warnings: readonly string[];
}

/**
 * Decides a column's type from its evidence. Types of every engine are decided here. A pure function of the evidence:
 * the order of the values does not matter.
 *
 * @see docs/csv.md
 */
export function decideColumn(column: Column, evidence: Evidence, options: Options, delimiter: string): Decision {
  const declared = own(options.columns, column.name);
  const base = {
    ...column,
    declared: declared !== undefined,
    coerces: false,
    dateOrder: orderOf(evidence, options),
    watch: 'nothing',
  } as const;
  if (declared !== undefined) {
    const type = declaredType(declared);
    const rules = declaredRules(declared);
    const plan = { ...base, type, decimal: markOf(rules, evidence, options), ...(rules && { rules }) };
    return { plan, warnings: declaredWarnings(plan, evidence, options, delimiter) };
  }
  const { type, decimal } = inferPlainType(evidence, options, delimiter);
  const plan = { ...base, type, decimal };
  if (type === 'double') {
    const doubts = doubleWarnings(column.name, evidence, options, delimiter);
    return { plan, warnings: [...doubts, ...codeWarnings(column.name, evidence)] };
  }
  if (type !== 'text') return { plan, warnings: [] };
  if (evidence.values === 0) return { plan: { ...plan, watch: 'all' }, warnings: [] };
  if (isNumbersOnly(evidence, options)) {
    return {
      plan: { ...plan, watch: 'all' },
      warnings: textWarnings(column.name, evidence, options, delimiter),
    };
  }
  if (!isDateName(column.name)) return { plan, warnings: [] };

  const parsed = parsedDates(evidence, base.dateOrder);
  const reason = whyNotDates(parsed, evidence);
  if (reason !== undefined) {
    return { plan: { ...plan, watch: 'dates' }, warnings: [`${column.name}: ${reason}; the column stays text`] };
  }
  const dateType = evidence.timed > 0 ? 'timestamp' : 'date';
  return {
    plan: { ...plan, type: dateType, coerces: true },
    warnings: dateWarnings(column.name, evidence, options),
  };
}

/** Returns the decimal mark of a declared column: the declared one, else the one that its values show. */
function markOf(rules: ColumnRules | undefined, { sureCommaDoubles }: Evidence, options: Options): '.' | ',' {
  const declared = rules?.decimal ?? markBeside(rules?.thousands) ?? options.dialect?.decimal;
  return declared ?? (sureCommaDoubles > 0 ? ',' : '.');
}

/** The evidence of a column with a declared mark or format is empty, so that it gives no warning. */
function declaredWarnings(plan: ColumnPlan, evidence: Evidence, options: Options, delimiter: string): string[] {
  const kind = kindOf(plan.type);
  if (kind === 'double' || kind === 'decimal') return doubleWarnings(plan.name, evidence, options, delimiter);
  // A time without an offset is not read as UTC.
  if (kind === 'timestamptz') return dateWarnings(plan.name, { ...evidence, zoned: 0 }, options);
  return kind === 'date' || kind === 'timestamp' ? dateWarnings(plan.name, evidence, options) : [];
}

/** Returns whether a name matches the rule for date columns: it contains `fecha` or `date`. */
export function isDateName(name: string): boolean {
  return /fecha|date/.test(name);
}

function inferPlainType(
  evidence: Evidence,
  options: Options,
  delimiter: string,
): { type: ColumnType; decimal: '.' | ',' } {
  const { values, integers, bigIntegers, doubles, commaDoubles, sureCommaDoubles, booleans } = evidence;
  const declaredDecimal = options.dialect?.decimal;
  if (values === 0) return { type: 'text', decimal: '.' };
  if (integers === values) return { type: 'integer', decimal: '.' };
  if (booleans === values) return { type: 'boolean', decimal: '.' };
  // A double would lose digits of big integers, and the difference between two notations of one number.
  if (bigIntegers > 0 || uniformity(evidence) === 'refuted') return { type: 'text', decimal: '.' };
  if (declaredDecimal !== ',' && integers + doubles === values) return { type: 'double', decimal: '.' };
  // `1,234` may be a thousand. Undeclared decimal commas need a value that cannot be one, and a delimiter other than a
  // comma.
  const commas =
    declaredDecimal === ',' || (declaredDecimal === undefined && delimiter !== ',' && sureCommaDoubles > 0);
  if (commas && integers + commaDoubles === values) return { type: 'double', decimal: ',' };
  return { type: 'text', decimal: '.' };
}

/**
 * Returns whether all values have the form of a number. Such a text column is examined to the end: the next value may
 * decide its type, and warnings must not depend on the value's place in the file.
 */
function isNumbersOnly(evidence: Evidence, options: Options): boolean {
  const { values, integers, bigIntegers, doubles, commaDoubles, codes } = evidence;
  const decimal = options.dialect?.decimal;
  const points = decimal !== ',' && integers + doubles + codes === values;
  const commas = decimal !== '.' && integers + commaDoubles === values;
  return bigIntegers === 0 && (points || commas);
}

/** Returns why a column with a date name stays text; undefined if it holds dates. */
function whyNotDates(parsed: number, { values, yearLast, dmy, mdy, otherDates, dateIntegers }: Evidence) {
  const others = otherDates + dateIntegers;
  if ((parsed + others) * 2 <= values) return `named like a date, but only ${parsed} of ${values} values are dates`;
  if (others > 0) {
    const forms = '20260208, 8 Feb 2026, nanoseconds or a leap second';
    return `values that may be dates, but are out of range for a timestamp or in an unsupported form (such as ${forms}): ${others}`;
  }
  if (yearLast > mdy && yearLast > dmy) return 'some dates have the day first, others the month';
  return undefined;
}

/** Returns the order that the column's values show, else the declared one, else day first. */
function orderOf({ dmy, mdy }: Evidence, options: Options): 'dmy' | 'mdy' {
  if (dmy !== mdy) return dmy > mdy ? 'dmy' : 'mdy';
  return options.dialect?.dateOrder ?? 'dmy';
}

/** Returns whether dates among the column's values must be counted. */
export function wantsDates(plan: ColumnPlan): boolean {
  return isDateName(plan.name) || ['date', 'timestamp', 'timestamptz'].includes(plan.type);
}

export function parsedDates({ ymd, dmy, mdy }: Evidence, order: 'dmy' | 'mdy'): number {
  return ymd + (order === 'dmy' ? dmy : mdy);
}
