import type { ColumnType } from '@etl/pipeline/columns/types';
import type { Options } from '@etl/pipeline/options';
import type { Exact } from './table';

/* An independent implementation of the rules of docs/csv.md. */

const nullWords = ['NA', 'N/A', 'n/a', 'null', 'NULL', 'Null', 'NaN', 'nan', 'None', 'none'];

/** Type of a column, and how its texts are read. */
export interface Reading {
  readonly type: ColumnType;
  readonly decimal: '.' | ',';
  readonly order: 'dmy' | 'mdy';
}

/** Returns the value of a text in an inferred column; undefined for a text that is not a date and becomes null. */
export function cellOf(text: string, { type, decimal, order }: Reading): Exact | undefined {
  if (text === '') return null;
  if (type === 'text') return text;
  const bare = stripped(text);
  if (nullWords.includes(bare)) return null;
  if (type === 'integer') return BigInt(bare);
  if (type === 'double') return Number(decimal === ',' ? bare.replace(',', '.') : bare);
  if (type === 'boolean') return bare.toLowerCase() === 'true';
  const micros = instantOf(bare, 'ymd') ?? instantOf(bare, order);
  return micros === undefined ? undefined : { micros };
}

/** Returns the type of an undeclared column of these texts. */
export function readingOf(name: string, texts: readonly string[], delimiter: string, options: Options): Reading {
  const numbers = tally(texts.filter((text) => text !== ''));
  // Judges each different value once, and counts all its occurrences.
  const said = [...numbers.keys()].filter((value) => !nullWords.includes(value));
  const { decimal: declared, dateOrder } = options.dialect ?? {};
  const countOf = (values: readonly string[]) => values.reduce((sum, value) => sum + (numbers.get(value) ?? 0), 0);
  const count = (test: (value: string) => boolean) => countOf(said.filter(test));
  const all = (test: (value: string) => boolean) => said.length > 0 && said.every(test);
  const plain = (type: ColumnType, decimal: '.' | ',' = '.'): Reading => ({ type, decimal, order: 'dmy' });
  if (all(isInteger)) return plain('integer');
  if (all((value) => /^(true|false)$/i.test(value))) return plain('boolean');
  const big = said.some((value) => isInteger(value) && BigInt(value.replace('-', '')) > 2n ** 53n);
  const withPoint = (value: string) => (/^[^.eE]*$/.test(value) ? value.replace(',', '.') : 'no number');
  const exact =
    !big &&
    areToldApart(
      said
        .filter((value) => isDecimal(withPoint(value)) || isDecimal(value) || isInteger(value))
        .map((value) => value.replace(',', '.')),
    );
  if (exact && declared !== ',' && all((value) => isInteger(value) || isDecimal(value))) return plain('double');
  const sure = said.some(
    (value) => isDecimal(withPoint(value)) && value.includes(',') && !/^-?[1-9]\d{0,2},\d{3}$/.test(value),
  );
  const commas = declared === ',' || (declared === undefined && delimiter !== ',' && sure);
  if (exact && commas && all((value) => isInteger(value) || isDecimal(withPoint(value)))) return plain('double', ',');
  if (!/fecha|date/.test(name)) return plain('text');
  const order = (() => {
    const dmy = count((value) => instantOf(value, 'dmy') !== undefined);
    const mdy = count((value) => instantOf(value, 'mdy') !== undefined);
    return dmy === mdy ? (dateOrder ?? 'dmy') : dmy > mdy ? 'dmy' : 'mdy';
  })();
  const dates = count((value) => (instantOf(value, 'ymd') ?? instantOf(value, order)) !== undefined);
  const only = (one: 'dmy' | 'mdy', other: 'dmy' | 'mdy') =>
    said.some((value) => instantOf(value, one) !== undefined && instantOf(value, other) === undefined);
  if (dates * 2 <= countOf(said) || said.some(isOtherDate) || (only('dmy', 'mdy') && only('mdy', 'dmy')))
    return plain('text');
  const timed = (['ymd', 'dmy', 'mdy'] as const).some((each) =>
    said.some((value) => value.includes(':') && instantOf(value, each) !== undefined),
  );
  return { type: timed ? 'timestamp' : 'date', decimal: '.', order };
}

function tally(texts: readonly string[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const text of texts) numbers.set(text, (numbers.get(text) ?? 0) + 1);
  const bare = new Map<string, number>();
  for (const [text, number] of numbers) bare.set(stripped(text), (bare.get(stripped(text)) ?? 0) + number);
  return bare;
}

function stripped(text: string): string {
  return text.replace(/^ +/, '').replace(/ +$/, '');
}

/** Returns whether a text is the canonical form of a 64-bit integer. */
function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text) && String(BigInt.asIntN(64, BigInt(text))) === text;
}

/** Least normal double. Smaller ones (IEEE 754 subnormal numbers) have fewer digits. */
const leastNormal = 2.2250738585072014e-308;

/** Returns whether a double keeps all digits of a decimal number: 15 always, 16 or 17 if it prints them again. */
function isDecimal(text: string): boolean {
  const plain = /^-?(0|[1-9]\d*)?[.]\d{1,28}$/.test(text);
  if (!plain && !isScientific(text)) return false;
  const digits = digitsOf(text);
  const value = Number(text);
  if (digits === '') return true;
  if (!Number.isFinite(value) || Math.abs(value) < leastNormal) return false;
  return digits.length <= 15 || (digits.length <= 17 && digitsOf(value.toExponential(digits.length - 1)) === digits);
}

/** One digit before the point, 0 only for zero, and a point or a sign of the exponent. */
function isScientific(text: string): boolean {
  const [, first, point, sign, exponent] = /^-?(\d)([.]\d{1,28})?[eE]([-+]?)(\d{1,3})$/.exec(text) ?? [];
  if (first === undefined || (point === undefined && sign === '')) return false;
  if (Number(exponent) === 0 && sign === '-') return false;
  return first === '0' ? Number(text) === 0 && Number(exponent) === 0 : true;
}

/** Returns whether equal numbers are known to have the same notation. */
function areToldApart(texts: readonly string[]): boolean {
  const plain = texts.filter((text) => !/e/i.test(text)).map((text) => text.replace(/^-/, ''));
  const scientific = texts.filter((text) => /e/i.test(text)).map((text) => text.replace(/^-/, ''));
  const single = (of: readonly string[], group: (text: string) => string, way: (text: string) => string): boolean => {
    const seen = new Map<string, string>();
    return of.every(
      (text) => way(text) === (seen.get(group(text)) ?? seen.set(group(text), way(text)).get(group(text))),
    );
  };
  const decimals = (text: string) => /[.](\d*)/.exec(text)?.[1] ?? '';
  // Digits beyond those of the shortest text.
  const longer = (text: string) => {
    const digits = digitsOf(text).length;
    return digits <= 15 ? 0 : digits - digitsOf(String(Number(text))).length;
  };
  const significant = (text: string) => String(decimals(text).replace(/0+$/, '').length - longer(text));
  const way = (text: string) => (longer(text) > 0 ? `long ${digitsOf(text).length}` : String(decimals(text).length));
  const magnitude = (text: string) => (Number(text) === 0 ? '0' : (Number(text).toExponential().split('e')[1] ?? ''));
  const exponent = (text: string) => text.split(/e/i)[1] ?? '';
  const positive = scientific.filter((text) => !exponent(text).startsWith('-'));
  return (
    (single(plain, significant, way) || different(texts) > 32 || single(plain, (text) => String(Number(text)), way)) &&
    single(scientific, significant, way) &&
    single(
      plain.filter((text) => Number(text) < 1 && text.includes('.')),
      () => '',
      (text) => String(text.startsWith('.')),
    ) &&
    single([...plain, ...scientific], magnitude, (text) => String(/e/i.test(text))) &&
    single(
      scientific,
      () => '',
      (text) => String(text.includes('E')),
    ) &&
    single(
      positive,
      () => '',
      (text) => String(text.includes('+')),
    ) &&
    single(
      scientific,
      (text) => String(String(Math.abs(Number(exponent(text)))).length),
      (text) => String(exponent(text).replace(/[-+]/, '').length),
    )
  );
}

function different(texts: readonly string[]): number {
  const numbers = texts
    .filter((text) => !/e/i.test(text))
    .map((text) => (/^-0[.]?0*$|^-[.]0+$/.test(text) ? '-0' : Number(text)));
  return new Set(numbers).size;
}

/** Returns whether a text is a date that a timestamp cannot hold. Covers the forms of the generator. */
function isOtherDate(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT[\d:]+[.]\d{6}\d*[1-9]/.test(text) ||
    /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(text)
  );
}

function digitsOf(text: string): string {
  return text
    .replace(/[eE].*/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
}

/** Returns the microseconds of a date in one order, parsed as ISO 8601 by JavaScript. */
function instantOf(text: string, order: 'ymd' | 'dmy' | 'mdy'): bigint | undefined {
  const parts =
    /^(\d+)([-/.])(\d+)([-/.])(\d+)(?:[T ](\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,6}0{0,3})?)?) ?(Z|[-+]\d\d(?::?\d\d)?)?)?$/.exec(
      text,
    );
  if (!parts) return undefined;
  const [, a = '', , b = '', , c = '', clock = '0:00', zone = 'Z'] = parts;
  if (b.length > 2 || (order === 'ymd' ? a.length !== 4 || c.length > 2 : a.length > 2 || ![2, 4].includes(c.length)))
    return undefined;
  const short = order === 'ymd' ? a : c;
  const year = short.length === 4 ? short : `${Number(short) < 70 ? 20 : 19}${short}`;
  const [month, day] = order === 'ymd' ? [b, c] : order === 'dmy' ? [b, a] : [a, b];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const midnight = Date.parse(`${date}T00:00Z`);
  // JavaScript reads a day past the end of the month as one of the next month.
  if (year === '0000' || Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date)
    return undefined;
  const [hours = '', minutes = '', seconds = '00'] = clock.split(':');
  const [whole = '00', fraction = ''] = seconds.split(/[.,]/);
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.length > 3 ? zone.slice(-2) : '00'}`;
  const millis = Date.parse(`${date}T${hours.padStart(2, '0')}:${minutes}:${whole}${offset}`);
  if (Number.isNaN(millis) || hours === '24') return undefined;
  return BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
