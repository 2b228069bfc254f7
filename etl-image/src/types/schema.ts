import { own } from '@etl/lib/own';
import type { Column } from '@etl/pipeline/csv/columnNames';
import type { ColumnType, Options } from '@etl/pipeline/options';
import { codeWarnings, dateWarnings, doubleWarnings, textWarnings } from './ambiguity';
import type { Evidence } from './evidence';
import { uniformity } from './spellings';

/** How a column is read: its type, and what the type alone does not say. */
export interface ColumnPlan {
  readonly name: string;
  readonly sourceName: string;
  readonly type: ColumnType;
  readonly decimal: '.' | ',';
  readonly dateOrder: 'dmy' | 'mdy';
  /** Declared types are not negotiable: a value that contradicts one is a reject. */
  readonly declared: boolean;
  /** Inferred dates: what does not parse becomes null, and is counted. */
  readonly coerces: boolean;
  /**
   * Which values of a text column may still change its type or its warnings: all as long as there are none but numbers, and those
   * with digits in a column that is named like a date. Any other text column stays text.
   */
  readonly watch: 'all' | 'dates' | 'nothing';
}

export interface Decision {
  readonly plan: ColumnPlan;
  readonly warnings: readonly string[];
}

/**
 * Decides a column from all that is known of it. The only place where types are decided, whatever the engine, and a
 * pure function of the evidence: the order in which the values came does not matter. (docs/csv.md)
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
    const decimal = options.dialect?.decimal ?? (evidence.sureCommaDoubles > 0 ? ',' : '.');
    return {
      plan: { ...base, type: declared, decimal },
      warnings: declaredWarnings(column.name, declared, evidence, options, delimiter),
    };
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

function declaredWarnings(
  name: string,
  declared: ColumnType,
  evidence: Evidence,
  options: Options,
  delimiter: string,
): string[] {
  if (declared === 'double') return doubleWarnings(name, evidence, options, delimiter);
  return declared === 'date' || declared === 'timestamp' ? dateWarnings(name, evidence, options) : [];
}

/** The base rule: text columns named so hold dates. */
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
  // A double would lose digits of the former, and the difference between two texts of one number.
  if (bigIntegers > 0 || uniformity(evidence) === 'refuted') return { type: 'text', decimal: '.' };
  if (declaredDecimal !== ',' && integers + doubles === values) return { type: 'double', decimal: '.' };
  // `1,234` may be a thousand: without a declaration it takes a value that cannot, and a delimiter that is not a comma.
  const commas =
    declaredDecimal === ',' || (declaredDecimal === undefined && delimiter !== ',' && sureCommaDoubles > 0);
  if (commas && integers + commaDoubles === values) return { type: 'double', decimal: ',' };
  return { type: 'text', decimal: '.' };
}

/**
 * Whether all values are written like numbers. A text column of such values is looked at to the end: the next value may decide how
 * they are read, and what is warned about must not depend on where in the file it stands.
 */
function isNumbersOnly(evidence: Evidence, options: Options): boolean {
  const { values, integers, bigIntegers, doubles, commaDoubles, codes } = evidence;
  const decimal = options.dialect?.decimal;
  const points = decimal !== ',' && integers + doubles + codes === values;
  const commas = decimal !== '.' && integers + commaDoubles === values;
  return bigIntegers === 0 && (points || commas);
}

/** Why a date-named column is not a column of dates. */
function whyNotDates(parsed: number, { values, yearLast, dmy, mdy, otherDates, dateIntegers }: Evidence) {
  const others = otherDates + dateIntegers;
  if ((parsed + others) * 2 <= values) return `named like a date, but only ${parsed} of ${values} values are dates`;
  if (others > 0) {
    const forms = '20260208, 8 Feb 2026, nanoseconds or a leap second';
    return `values that may be dates, and that a timestamp cannot hold or whose form is not supported (such as ${forms}): ${others}`;
  }
  if (yearLast > mdy && yearLast > dmy) return 'some dates have the day first, and others the month';
  return undefined;
}

/** Day or month first: as the column's own values show, else as declared, else day first. */
function orderOf({ dmy, mdy }: Evidence, options: Options): 'dmy' | 'mdy' {
  if (dmy !== mdy) return dmy > mdy ? 'dmy' : 'mdy';
  return options.dialect?.dateOrder ?? 'dmy';
}

/** Whether it has to be known of a column's values which are dates. */
export function wantsDates(plan: ColumnPlan): boolean {
  return isDateName(plan.name) || plan.type === 'date' || plan.type === 'timestamp';
}

export function parsedDates({ ymd, dmy, mdy }: Evidence, order: 'dmy' | 'mdy'): number {
  return ymd + (order === 'dmy' ? dmy : mdy);
}
