import type { DecimalShape } from '@etl/pipeline/columns/types';
import type { Evidence } from './evidence';

const shape = /^([+-]?)(\d*)(?:[.](\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Parses a decimal number, and returns it times 10^scale. Undefined for a text that is not a number, has more digits
 * than the precision, or digits other than zero after the scale.
 */
export function readDecimal(text: string, mark: '.' | ',', { precision, scale }: DecimalShape): bigint | undefined {
  if (mark === ',' && text.includes('.')) return undefined;
  const [found, sign, whole = '', decimals = '', exponent = '0'] =
    shape.exec(mark === ',' ? text.replace(',', '.') : text) ?? [];
  if (found === undefined || whole + decimals === '') return undefined;
  const digits = withoutZeros(whole + decimals);
  if (digits === '') return 0n;
  // Digits that the unscaled number has to the right of those in the text; negative if it has fewer.
  const missing = scale - decimals.length + Number(exponent);
  if (digits.length + missing > precision) return undefined;
  const end = digits.length + Math.min(0, missing);
  if (end <= 0 || !onlyZeros(digits, end)) return undefined;
  const value = BigInt(digits.slice(0, end)) * 10n ** BigInt(Math.max(0, missing));
  return sign === '-' ? -value : value;
}

function withoutZeros(digits: string): string {
  let start = 0;
  while (digits[start] === '0') start++;
  return digits.slice(start);
}

function onlyZeros(digits: string, from: number): boolean {
  for (let at = from; at < digits.length; at++) if (digits[at] !== '0') return false;
  return true;
}

/** Returns the length of the two's complement of all decimals of a precision, in bytes. */
export function decimalBytes(precision: number): number {
  let bytes = 1;
  while (10n ** BigInt(precision) > 1n << BigInt(8 * bytes - 1)) bytes++;
  return bytes;
}

/** Maximum precision of decimals that are stored as 64-bit integers. */
export const maxInt64Precision = 18;

const marked = /^[+-]?\d*([.,])\d+$/;
/** Numbers whose separator may be one of thousands: `1,234` and `1.234`. Same rule as assembly/decimals.ts. */
const thousandsShape = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** Returns the evidence of a decimal's mark: any number of digits counts. */
export function evidenceOfMark(text: string): Partial<Evidence> {
  const [, mark] = marked.exec(text) ?? [];
  if (mark === undefined) return { values: 1 };
  const sure = thousandsShape.test(text) ? 0 : 1;
  return mark === '.'
    ? { values: 1, doubles: 1, sureDoubles: sure }
    : { values: 1, commaDoubles: 1, sureCommaDoubles: sure };
}
