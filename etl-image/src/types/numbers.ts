import type { Evidence } from './evidence';
import {
  maxDecimals,
  numbersOf,
  significantDigits,
  spellingsOfDecimal,
  spellingsOfInteger,
  spellingsOfScientific,
} from './spellings';

const integerShape = /^(?:0|-?[1-9]\d*)$/;
const pointShape = /^-?(?:0|[1-9]\d*)?[.]\d+$/;
const commaShape = /^-?(?:0|[1-9]\d*)?,\d+$/;
const exponentShape = /^[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)[eE][+-]?\d+$/;
/** Numbers whose separator may be one of thousands: `1,234` and `1.234`. */
const thousandsShape = /^-?[1-9]\d{0,2}[.,]\d{3}$/;

const leastInteger = -(2n ** 63n);
const mostInteger = 2n ** 63n - 1n;
const mostExact = 2n ** 53n;

/** Returns the evidence of a number, without `values`; undefined for a text without the form of a number. */
export function evidenceOfNumber(text: string, wanted: { dates: boolean }): Partial<Evidence> | undefined {
  if (integerShape.test(text)) {
    const value = readInteger(text);
    if (value === undefined) return {};
    const big = value > mostExact || value < -mostExact;
    const dated = wanted.dates && isDateInteger(value);
    const written = { spellings: spellingsOfInteger(text), numbers: numbersOf(text) };
    return { integers: 1, bigIntegers: big ? 1 : 0, dateIntegers: dated ? 1 : 0, ...written };
  }
  const sure = thousandsShape.test(text) ? 0 : 1;
  if (pointShape.test(text)) {
    return isPlain(text) ? { doubles: 1, sureDoubles: sure, ...writtenDecimal(text) } : {};
  }
  if (commaShape.test(text)) {
    const point = text.replace(',', '.');
    return isPlain(point) ? { commaDoubles: 1, sureCommaDoubles: sure, ...writtenDecimal(point) } : {};
  }
  if (!exponentShape.test(text)) return undefined;
  const spellings = isHeld(text) ? spellingsOfScientific(text) : undefined;
  return spellings ? { doubles: 1, sureDoubles: 1, spellings } : { codes: 1 };
}

function isPlain(text: string): boolean {
  return text.length - text.indexOf('.') - 1 <= maxDecimals && isHeld(text);
}

function writtenDecimal(text: string): Pick<Evidence, 'spellings' | 'numbers'> {
  return { spellings: spellingsOfDecimal(text), numbers: numbersOf(text) };
}

/** Returns whether an integer may be a date: 2026, 20260208, 20260208103000. Same rule as assembly/numbers.ts. */
function isDateInteger(value: bigint): boolean {
  const day = value >= 10n ** 13n ? value / 1_000_000n : value;
  if (day < 10_000n) return day === value && isYear(day);
  const [month, date] = [(day / 100n) % 100n, day % 100n];
  return isYear(day / 10_000n) && month >= 1n && month <= 12n && date >= 1n && date <= 31n;
}

const isYear = (value: bigint): boolean => value >= 1900n && value < 2100n;

/** Least normal double. Smaller ones (IEEE 754 subnormal numbers) have fewer digits. */
const leastNormal = 2 ** -1022;

/** Returns whether a double prints the same significant digits: 15 always round-trip, 16 and 17 sometimes. */
function keepsDigits(text: string, value: number): boolean {
  const digits = significantDigits(text);
  if (digits === '') return true;
  if (!Number.isFinite(value) || value === 0) return false;
  if (digits.length <= 15 && Math.abs(value) >= leastNormal) return true;
  return digits.length <= 17 && significantDigits(value.toPrecision(digits.length)) === digits;
}

/** Like `keepsDigits`, for inference, which excludes subnormal numbers. */
function isHeld(text: string): boolean {
  const value = Number(text);
  return keepsDigits(text, value) && (value === 0 || Math.abs(value) >= leastNormal);
}

/** Parses an integer, declared or inferred; undefined for a text that is not a 64-bit integer. */
export function readInteger(text: string): bigint | undefined {
  if (!/^[+-]?0*\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value >= leastInteger && value <= mostInteger ? value : undefined;
}

/**
 * Parses a double, declared or inferred; undefined for a text that is not a number or has digits that a double would
 * lose.
 */
export function readDouble(text: string, decimal: '.' | ','): number | undefined {
  // With a decimal comma, a point separates thousands.
  if (decimal === ',' && text.includes('.')) return undefined;
  const point = decimal === ',' ? text.replace(',', '.') : text;
  if (!/^[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d+)?$/.test(point)) return undefined;
  const value = Number(point);
  return keepsDigits(point, value) ? value : undefined;
}
