import type { Evidence } from './evidence';
import {
  mostDecimals,
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
/** `1,234` may be a thousand and more, and so may `1.234`. */
const thousandsShape = /^-?[1-9]\d{0,2}[.,]\d{3}$/;

const leastInteger = -(2n ** 63n);
const mostInteger = 2n ** 63n - 1n;
const mostExact = 2n ** 53n;

/** What a text shows as a number, besides that it is a value; undefined for a text that is not written like one. */
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
  return text.length - text.indexOf('.') - 1 <= mostDecimals && isHeld(text);
}

function writtenDecimal(text: string): Pick<Evidence, 'spellings' | 'numbers'> {
  return { spellings: spellingsOfDecimal(text), numbers: numbersOf(text) };
}

/** Whether a date may be meant: 2026, 20260208, 20260208103000. As in kernel/numbers.ts. */
function isDateInteger(value: bigint): boolean {
  const day = value >= 10n ** 13n ? value / 1_000_000n : value;
  if (day < 10_000n) return day === value && isYear(day);
  const [month, date] = [(day / 100n) % 100n, day % 100n];
  return isYear(day / 10_000n) && month >= 1n && month <= 12n && date >= 1n && date <= 31n;
}

const isYear = (value: bigint): boolean => value >= 1900n && value < 2100n;

/** Below this a double has fewer digits, down to none (IEEE 754, subnormal numbers). */
const leastNormal = 2 ** -1022;

/** Whether a double gives the digits of a decimal number back when it is printed with as many: 15 always, 16 or 17 perhaps. */
function keepsDigits(text: string, value: number): boolean {
  const digits = significantDigits(text);
  if (digits === '') return true;
  if (!Number.isFinite(value) || value === 0) return false;
  if (digits.length <= 15 && Math.abs(value) >= leastNormal) return true;
  return digits.length <= 17 && significantDigits(value.toPrecision(digits.length)) === digits;
}

/** The same for inference, which leaves subnormal numbers alone. */
function isHeld(text: string): boolean {
  const value = Number(text);
  return keepsDigits(text, value) && (value === 0 || Math.abs(value) >= leastNormal);
}

/** A declared or inferred integer; undefined for a text that is none of 64 bits. */
export function readInteger(text: string): bigint | undefined {
  if (!/^[+-]?0*\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value >= leastInteger && value <= mostInteger ? value : undefined;
}

/** A declared or inferred double; undefined for a text that is no number, or has digits that a double would lose. */
export function readDouble(text: string, decimal: '.' | ','): number | undefined {
  // Beside decimal commas a point separates thousands.
  if (decimal === ',' && text.includes('.')) return undefined;
  const point = decimal === ',' ? text.replace(',', '.') : text;
  if (!/^[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d+)?$/.test(point)) return undefined;
  const value = Number(point);
  return keepsDigits(point, value) ? value : undefined;
}
