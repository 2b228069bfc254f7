import type { Evidence, EvidenceKey } from './evidence';
import { type ColumnPlan, isDateName } from './schema';

/** Words that stand for null in number and date columns. In text columns they are text: NA is Namibia. */
const nullWords = ['NA', 'N/A', 'n/a', 'null', 'NULL', 'Null', 'NaN', 'nan', 'None', 'none'];

const list = nullWords.map((word) => `'${word}'`).join(', ');

/** The value that types are judged by: spaces around it do not count. */
const trimmed = (raw: string): string => `trim(${raw})`;
const isValue = (raw: string): string => `(${raw} IS NOT NULL AND ${trimmed(raw)} NOT IN (${list}))`;

const numberShape = "'-?(0|[1-9][0-9]*)?[.][0-9]+([eE][+-]?[0-9]+)?|-?(0|[1-9][0-9]*)[eE][+-]?[0-9]+'";
const commaShape = "'-?(0|[1-9][0-9]*)?,[0-9]+'";

/** A double loses nothing when it has at most 15 digits, or prints as the very text it was read from. */
function isLosslessDouble(text: string): string {
  const digits = `length(ltrim(replace(regexp_replace(${text}, '[eE].*', ''), '.', ''), '-0'))`;
  return `(${digits} <= 15 OR TRY_CAST(${text} AS DOUBLE)::VARCHAR = ${text})`;
}

const withPoint = (text: string): string => `replace(${text}, ',', '.')`;

const isInteger = (text: string): string => `(TRY_CAST(${text} AS BIGINT)::VARCHAR = ${text})`;

const time = '([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?';
const yearFirst = `'([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})${time}'`;
const yearLast = `'([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})${time}'`;

/** The timestamp of a text by its order, NULL where it is none. Two-digit years: 70 to 99 are 19xx (POSIX). */
function parseDate(text: string, order: 'ymd' | 'dmy' | 'mdy'): string {
  const shape = order === 'ymd' ? yearFirst : yearLast;
  const [year, month, day] = order === 'ymd' ? [1, 2, 3] : order === 'dmy' ? [3, 2, 1] : [3, 1, 2];
  const group = (n: number | undefined): string => `regexp_extract(${text}, ${shape}, ${n})`;
  const y = group(year);
  const fullYear =
    order === 'ymd'
      ? y
      : `(CASE WHEN length(${y}) = 4 THEN ${y} WHEN ${y} >= '70' THEN '19' || ${y} ELSE '20' || ${y} END)`;
  const iso = `${fullYear} || '-' || ${group(month)} || '-' || ${group(day)} || replace(${group(4)}, 'T', ' ')`;
  return `(CASE WHEN regexp_full_match(${text}, ${shape}) THEN TRY_CAST(${iso} AS TIMESTAMP) END)`;
}

/** What is counted of a column; what is settled already is not counted again. */
export function evidenceSql(
  raw: string,
  plan: { name: string; declared: boolean },
  known: Evidence,
): Partial<Record<EvidenceKey, string>> {
  const text = trimmed(raw);
  const value = isValue(raw);
  const filter = (condition: string): string => `count(*) FILTER (${value} AND ${condition})`;
  const counts: Partial<Record<EvidenceKey, string>> = {
    values: `count(*) FILTER (${value})`,
    nullWords: `count(*) FILTER (${raw} IS NOT NULL AND NOT ${value})`,
  };
  const { values, integers, doubles, commaDoubles, booleans } = known;
  const mayBe = (counted: number): boolean => counted === values;
  if (mayBe(integers + doubles) || mayBe(integers + commaDoubles)) {
    counts.integers = filter(isInteger(text));
    counts.bigIntegers = filter(`abs(TRY_CAST(${text} AS HUGEINT)) > 9007199254740992 AND ${isInteger(text)}`);
    const shaped = (shape: string): string => `regexp_full_match(${text}, ${shape})`;
    if (mayBe(integers + doubles)) counts.doubles = filter(`${shaped(numberShape)} AND ${isLosslessDouble(text)}`);
    if (mayBe(integers + commaDoubles)) {
      const comma = `${shaped(commaShape)} AND ${isLosslessDouble(withPoint(text))}`;
      counts.commaDoubles = filter(comma);
      counts.sureCommaDoubles = filter(`${comma} AND NOT regexp_full_match(${text}, '-?[1-9][0-9]{0,2},[0-9]{3}')`);
    }
  }
  if (mayBe(booleans)) counts.booleans = filter(`lower(${text}) IN ('true', 'false')`);
  if (isDateName(plan.name) || plan.declared) {
    for (const order of ['ymd', 'dmy', 'mdy'] as const) counts[order] = filter(`${parseDate(text, order)} IS NOT NULL`);
    counts.timed = filter(`contains(${text}, ':')`);
  }
  return counts;
}

/** The typed value of a column; NULL where the text is none, or stands for null. */
export function valueSql(raw: string, plan: ColumnPlan): string {
  const text = trimmed(raw);
  switch (plan.type) {
    case 'text':
      return raw;
    case 'integer':
      return `(CASE WHEN regexp_full_match(${text}, '[+-]?[0-9]+') THEN TRY_CAST(${text} AS BIGINT) END)`;
    case 'double': {
      const point = plan.decimal === ',' ? withPoint(text) : text;
      const shape = "'[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?'";
      return `(CASE WHEN regexp_full_match(${point}, ${shape}) THEN TRY_CAST(${point} AS DOUBLE) END)`;
    }
    case 'boolean':
      return `(CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END)`;
    case 'date':
      return `CAST(${dateSql(text, plan)} AS DATE)`;
    case 'timestamp':
      return dateSql(text, plan);
  }
}

function dateSql(text: string, plan: ColumnPlan): string {
  return `coalesce(${parseDate(text, 'ymd')}, ${parseDate(text, plan.dateOrder)})`;
}

/** True for a value that is there and has no place in the column's type. */
export function contradictsSql(raw: string, plan: ColumnPlan): string {
  return `(${isValue(raw)} AND ${valueSql(raw, plan)} IS NULL)`;
}

export const sqlString = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
