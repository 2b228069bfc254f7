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

/** Shapes of a date, and how each is written as ISO 8601. Two-digit years: 70 to 99 are 19xx (POSIX). */
const dateShapes = {
  ymd: [[`([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})${time}`, '\\1-\\2-\\3\\4']],
  dmy: yearLast((year) => `${year}-\\2-\\1\\4`),
  mdy: yearLast((year) => `${year}-\\1-\\2\\4`),
} as const;

function yearLast(iso: (year: string) => string): [string, string][] {
  const shape = (year: string): string => `([0-9]{1,2})[-/.]([0-9]{1,2})[-/.](${year})${time}`;
  return [
    [shape('[0-9]{4}'), iso('\\3')],
    [shape('[7-9][0-9]'), iso('19\\3')],
    [shape('[0-6][0-9]'), iso('20\\3')],
  ];
}

/** The timestamp of a text by its order, NULL where it is none. */
function parseDate(text: string, order: 'ymd' | 'dmy' | 'mdy'): string {
  const branches = dateShapes[order].map(
    ([shape, iso]) => `WHEN regexp_full_match(${text}, '${shape}') THEN regexp_replace(${text}, '${shape}', '${iso}')`,
  );
  return `TRY_CAST((CASE ${branches.join(' ')} END) AS TIMESTAMP)`;
}

type Counts = Partial<Record<EvidenceKey, string>>;

const counter = (raw: string) => (condition: string) => `count(*) FILTER (${isValue(raw)} AND ${condition})`;

/** What is counted of every column; what is settled already is not counted again. */
export function evidenceSql(raw: string, column: { name: string; declared: boolean }, known: Evidence): Counts {
  const text = trimmed(raw);
  const filter = counter(raw);
  const counts: Counts = {
    values: `count(*) FILTER (${isValue(raw)})`,
    nullWords: `count(*) FILTER (${raw} IS NOT NULL AND NOT ${isValue(raw)})`,
  };
  if (mayBePoints(known) || mayBeCommas(known)) {
    counts.integers = filter(isInteger(text));
    const big = `length(${text}) > 15 AND abs(TRY_CAST(${text} AS HUGEINT)) > 9007199254740992`;
    counts.bigIntegers = filter(`${big} AND ${isInteger(text)}`);
  }
  if (known.booleans === known.values) counts.booleans = filter(`lower(${text}) IN ('true', 'false')`);
  if (isDateName(column.name) || column.declared) {
    for (const order of ['ymd', 'dmy', 'mdy'] as const) counts[order] = filter(`${parseDate(text, order)} IS NOT NULL`);
    counts.timed = filter(`contains(${text}, ':')`);
  }
  return counts;
}

/** What is counted besides, of a column that has other values than integers. */
export function fractionSql(raw: string, known: Evidence): Counts {
  const text = trimmed(raw);
  const filter = counter(raw);
  const shaped = (shape: string): string => `regexp_full_match(${text}, ${shape})`;
  const counts: Counts = {};
  if (mayBePoints(known)) counts.doubles = filter(`${shaped(numberShape)} AND ${isLosslessDouble(text)}`);
  if (mayBeCommas(known)) {
    const comma = `${shaped(commaShape)} AND ${isLosslessDouble(withPoint(text))}`;
    counts.commaDoubles = filter(comma);
    counts.sureCommaDoubles = filter(`${comma} AND NOT ${shaped("'-?[1-9][0-9]{0,2},[0-9]{3}'")}`);
  }
  return counts;
}

const mayBePoints = ({ integers, doubles, values }: Evidence): boolean => integers + doubles === values;
const mayBeCommas = ({ integers, commaDoubles, values }: Evidence): boolean => integers + commaDoubles === values;

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
