import type { Column } from '@etl/pipeline/csv/columnNames';
import type { ColumnType, Options } from '@etl/pipeline/options';
import { own } from '@etl/pipeline/own';
import type { Evidence } from './evidence';

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
   * Which values of a text column have to be looked at still, since they may change its type: all as long as there was none, or
   * none but what may be decimal commas; dates in a column that is named like one. Once text otherwise, always text.
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
  const order = decideOrder(column.name, evidence, options);
  const base = {
    ...column,
    declared: declared !== undefined,
    coerces: false,
    dateOrder: order.dateOrder,
    watch: 'nothing',
  } as const;
  if (declared !== undefined) {
    const decimal = options.dialect?.decimal ?? (evidence.sureCommaDoubles > 0 ? ',' : '.');
    const dated = declared === 'date' || declared === 'timestamp';
    return { plan: { ...base, type: declared, decimal }, warnings: dated ? order.warnings : [] };
  }
  const { type, decimal } = inferPlainType(evidence, options, delimiter);
  const plan = { ...base, type, decimal };
  if (type !== 'text') return { plan, warnings: [] };
  if (evidence.values === 0 || mayBeCommas(evidence, options, delimiter)) {
    return { plan: { ...plan, watch: 'all' }, warnings: [] };
  }
  if (!isDateName(column.name)) return { plan, warnings: [] };

  const parsed = parsedDates(evidence, order.dateOrder);
  if (parsed * 2 <= evidence.values) {
    const warning = `${column.name} is named like a date, but only ${parsed} of ${evidence.values} values are dates: it stays text`;
    return { plan: { ...plan, watch: 'dates' }, warnings: [warning] };
  }
  const dateType = evidence.timed > 0 ? 'timestamp' : 'date';
  return { plan: { ...plan, type: dateType, coerces: true }, warnings: order.warnings };
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
  // A double would lose digits of these.
  if (bigIntegers > 0) return { type: 'text', decimal: '.' };
  if (declaredDecimal !== ',' && integers + doubles === values) return { type: 'double', decimal: '.' };
  // `1,234` may be a thousand: without a declaration it takes a value that cannot, and a delimiter that is no comma.
  const commas =
    declaredDecimal === ',' || (declaredDecimal === undefined && delimiter !== ',' && sureCommaDoubles > 0);
  if (commas && integers + commaDoubles === values) return { type: 'double', decimal: ',' };
  return { type: 'text', decimal: '.' };
}

/** `1,234` alone is text, and a number as soon as there is a `1,5` beside it, before or behind it. */
function mayBeCommas(evidence: Evidence, options: Options, delimiter: string): boolean {
  const { values, integers, bigIntegers, commaDoubles } = evidence;
  const allowed = options.dialect?.decimal === undefined && delimiter !== ',';
  return allowed && bigIntegers === 0 && integers + commaDoubles === values;
}

/** Day or month first: as the column's own values show, else as declared, else day first with a warning. */
function decideOrder(name: string, { dmy, mdy }: Evidence, options: Options) {
  if (dmy !== mdy) return { dateOrder: dmy > mdy ? 'dmy' : 'mdy', warnings: [] } as const;
  const declared = options.dialect?.dateOrder;
  const silent = dmy === 0 || declared !== undefined;
  const warning = `${name}: no value shows whether day or month comes first; read as day first (declare dialect.dateOrder)`;
  return { dateOrder: declared ?? 'dmy', warnings: silent ? [] : [warning] } as const;
}

/** Whether it has to be known of a column's values which are dates. */
export function wantsDates(plan: ColumnPlan): boolean {
  return isDateName(plan.name) || plan.type === 'date' || plan.type === 'timestamp';
}

export function parsedDates({ ymd, dmy, mdy }: Evidence, order: 'dmy' | 'mdy'): number {
  return ymd + (order === 'dmy' ? dmy : mdy);
}
