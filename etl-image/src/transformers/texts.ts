import { readDates } from './dates';
import { type Evidence, noEvidence } from './evidence';
import type { ColumnPlan } from './schema';

/**
 * What a text is: the rules of docs/csv.md for a single value. Every engine judges by these. The kernel proves by itself only
 * what is plain (kernel/plain.ts), and asks here about the rest.
 */

/** Words that stand for null in number, boolean and date columns. In text columns they are text: NA is Namibia. */
export const nullWords: ReadonlySet<string> = new Set([
  'NA',
  'N/A',
  'n/a',
  'null',
  'NULL',
  'Null',
  'NaN',
  'nan',
  'None',
  'none',
]);

/** Spaces around a value do not count, except in text columns. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 32) start++;
  while (end > start && text.charCodeAt(end - 1) === 32) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

const integerShape = /^(?:0|-?[1-9]\d*)$/;
const pointShape = /^-?(?:(?:0|[1-9]\d*)?[.]\d+(?:[eE][+-]?\d+)?|(?:0|[1-9]\d*)[eE][+-]?\d+)$/;
const commaShape = /^-?(?:0|[1-9]\d*)?,\d+$/;
/** `1,234` may be a thousand and more. */
const thousandsShape = /^-?[1-9]\d{0,2},\d{3}$/;

const leastInteger = -(2n ** 63n);
const mostInteger = 2n ** 63n - 1n;
const mostExact = 2n ** 53n;

function readInteger(text: string): bigint | undefined {
  const value = BigInt(text);
  return value >= leastInteger && value <= mostInteger ? value : undefined;
}

/** Below this a double has fewer digits, down to none (IEEE 754, subnormal numbers). */
const leastNormal = 2 ** -1022;

/** A double loses nothing of at most 15 digits, nor of 16 or 17 that it gives back when it is printed with as many. */
function isLosslessDouble(text: string): boolean {
  const digits = significantDigits(text);
  const value = Number(text);
  if (!Number.isFinite(value) || (digits !== '' && Math.abs(value) < leastNormal)) return false;
  if (digits.length <= 15) return true;
  return digits.length <= 17 && significantDigits(value.toPrecision(digits.length)) === digits;
}

/** Without the zeros in front, and those at the end of a fraction. */
function significantDigits(text: string): string {
  const [mantissa = ''] = text.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  return `${whole}${fraction.replace(/0+$/, '')}`.replace(/^0+/, '');
}

/** What one text says about its column. The empty text says nothing: it is null. */
export function evidenceOf(raw: string, wanted: { dates: boolean }): Evidence {
  const text = trimSpaces(raw);
  if (raw === '' || nullWords.has(text)) return noEvidence;
  if (integerShape.test(text)) {
    const value = readInteger(text);
    if (value === undefined) return { ...noEvidence, values: 1 };
    const big = value > mostExact || value < -mostExact;
    return { ...noEvidence, values: 1, integers: 1, bigIntegers: big ? 1 : 0 };
  }
  if (pointShape.test(text)) return { ...noEvidence, values: 1, doubles: isLosslessDouble(text) ? 1 : 0 };
  if (commaShape.test(text)) {
    const lossless = isLosslessDouble(text.replace(',', '.')) ? 1 : 0;
    return {
      ...noEvidence,
      values: 1,
      commaDoubles: lossless,
      sureCommaDoubles: thousandsShape.test(text) ? 0 : lossless,
    };
  }
  if (readBoolean(text) !== undefined) return { ...noEvidence, values: 1, booleans: 1 };
  if (!wanted.dates) return { ...noEvidence, values: 1 };
  const { ymd, dmy, mdy, timed } = readDates(text);
  const count = (micros: bigint | undefined): number => (micros === undefined ? 0 : 1);
  const dated = count(ymd) + count(dmy) + count(mdy) > 0;
  return {
    ...noEvidence,
    values: 1,
    ymd: count(ymd),
    dmy: count(dmy),
    mdy: count(mdy),
    timed: timed && dated ? 1 : 0,
  };
}

function readBoolean(text: string): boolean | undefined {
  if (text.length !== 4 && text.length !== 5) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** A value as it is stored: dates and timestamps are microseconds since 1970, UTC. */
export type Value = string | bigint | number | boolean;

/** The value of a text in its column: null where it stands for null, undefined where it has no place in the type. */
export function readValue(raw: string, plan: ColumnPlan): Value | null | undefined {
  if (raw === '') return null;
  if (plan.type === 'text') return raw;
  const text = trimSpaces(raw);
  if (nullWords.has(text)) return null;
  switch (plan.type) {
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? readInteger(text.replace('+', '')) : undefined;
    case 'double': {
      const point = plan.decimal === ',' ? text.replaceAll(',', '.') : text;
      if (!/^[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d+)?$/.test(point)) return undefined;
      const value = Number(point);
      return Number.isFinite(value) ? value : undefined;
    }
    case 'boolean':
      return readBoolean(text);
    case 'date':
    case 'timestamp': {
      const dates = readDates(text);
      return dates.ymd ?? dates[plan.dateOrder];
    }
  }
}
