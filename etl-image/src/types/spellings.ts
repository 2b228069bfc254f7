/**
 * Notations of a column's numbers. Each entry is a group of numbers with one bit for each notation in use. Two texts of
 * one number belong to the same groups. If every group has a single notation, no two texts of the column are the same
 * number, and the number determines its text.
 *
 * | group | numbers | notations |
 * | --- | --- | --- |
 * | `d2` | without exponent, with two decimals (trailing zeros do not count) | `waysOfDecimals` |
 * | `lead` | without exponent, between -1 and 1 | `.5`, `0.5` |
 * | `10^-3`, `zero` | of this magnitude | without exponent, with exponent |
 * | `m2` | with an exponent, with two decimals in the mantissa | `waysOfDecimals` |
 * | `e` | with an exponent | `e`, `E` |
 * | `+` | with a positive exponent | `e+5`, `e5` |
 * | `x1` | with an exponent of one digit (leading zeros do not count) | bit 2: with two digits |
 */
export type Spellings = Readonly<Record<string, number>>;

export const noSpellings: Spellings = {};

/** Different numbers without exponent, each with the bits of its notations (`waysOfDecimals`). */
export type Numbers = Readonly<Record<string, number>>;

export const noNumbers: Numbers = {};

/** Maximum number of different numbers that are kept. Equal to the limit in assembly/numbers.ts. */
export const maxNumbers = 32;

/** Maximum number of decimals that have a bit. */
export const maxDecimals = 28;

/** Notation bits of the groups without decimals. */
export const ways = { plain: 1, scientific: 2, noLead: 1, zeroLead: 2 } as const;

export function addSpellings(a: Spellings, b: Spellings = noSpellings): Spellings {
  const fresh = Object.entries(b).filter(([group, bits]) => ((a[group] ?? 0) | bits) !== a[group]);
  if (fresh.length === 0) return a;
  return { ...a, ...Object.fromEntries(fresh.map(([group, bits]) => [group, (a[group] ?? 0) | bits])) };
}

/** Merges two sets of numbers; undefined if the result exceeds `maxNumbers`. */
export function addNumbers(a: Numbers, b: Numbers = noNumbers): Numbers | undefined {
  const sum = addSpellings(a, b);
  return sum === a || Object.keys(sum).length <= maxNumbers ? sum : undefined;
}

const isUnique = (ways: number): boolean => (ways & (ways - 1)) === 0;

/**
 * Returns whether equal numbers have the same notation: `proven`, `refuted`, or `likely` if only trailing zeros differ
 * and there are too many numbers to compare.
 */
export function uniformity({
  spellings,
  numbers,
  manyNumbers,
}: {
  spellings: Spellings;
  numbers: Numbers;
  manyNumbers: number;
}): 'proven' | 'likely' | 'refuted' {
  const different = Object.keys(spellings).filter((group) => !isUnique(spellings[group] ?? 0));
  if (different.length === 0) return 'proven';
  if (different.some((group) => !group.startsWith('d'))) return 'refuted';
  if (manyNumbers > 0) return 'likely';
  return Object.values(numbers).every(isUnique) ? 'proven' : 'refuted';
}

/** Returns the notation of an integer in canonical form. */
export function spellingsOfInteger(text: string): Spellings {
  const magnitude = text === '0' ? 'zero' : `10^${text.replace('-', '').length - 1}`;
  return { d0: 1, [magnitude]: ways.plain };
}

/** Returns the notation of a number with a decimal point, without exponent, with at most `maxDecimals` decimals. */
export function spellingsOfDecimal(text: string): Spellings {
  const [whole = '', decimals = ''] = text.replace('-', '').split('.');
  return {
    [groupOfDecimals('d', text, decimals)]: waysOfDecimals(text, decimals),
    [magnitudeOf(text)]: ways.plain,
    ...(Number(whole) === 0 && { lead: whole === '' ? ways.noLead : ways.zeroLead }),
  };
}

/** Returns the number and its notation, for an integer in canonical form or a decimal number. */
export function numbersOf(text: string): Numbers {
  const [, decimals] = text.split('.');
  const value = Number(text);
  return { [Object.is(value, -0) ? '-0' : String(value)]: decimals === undefined ? 1 : waysOfDecimals(text, decimals) };
}

const scientific = /^-?(\d)(?:[.](\d+))?([eE])([+-]?)(\d{1,3})$/;

/**
 * Returns the notation of a number in canonical scientific notation: one digit before the point, 0 only for zero, and a
 * point or a sign of the exponent. Undefined for any other text: `1E5` and `12E-4` may be codes, and `0.15e+6` is not
 * canonical.
 */
export function spellingsOfScientific(text: string): Spellings | undefined {
  const [, digit = '', decimals, e = '', sign = '', written = ''] = scientific.exec(text) ?? [];
  const zero = Number(text) === 0;
  const exponent = Number(written);
  const canonical = digit === '0' ? zero && exponent === 0 : digit !== '' && !(sign === '-' && exponent === 0);
  if (!canonical || (decimals === undefined && sign === '') || (decimals?.length ?? 0) > maxDecimals) return undefined;
  return {
    [groupOfDecimals('m', text, decimals ?? '')]: waysOfDecimals(text, decimals ?? ''),
    e: e === 'e' ? 1 : 2,
    ...(sign !== '-' && { '+': sign === '+' ? 1 : 2 }),
    [`x${String(exponent).length}`]: 1 << written.length,
    [magnitudeOf(text)]: ways.scientific,
  };
}

/** Returns the group by the decimals of the shortest text of the same double. */
function groupOfDecimals(group: 'd' | 'm', text: string, decimals: string): string {
  const longer = significantDigits(text).length - shortestDigits(text).length;
  return `${group}${endOfDigits(decimals) - longer}`;
}

/**
 * Returns the bit of a notation. Bit 3: three decimals. Bits 29 and 30: 16 or 17 digits that are not the shortest of
 * the double.
 */
function waysOfDecimals(text: string, decimals: string): number {
  const digits = significantDigits(text);
  return 1 << (digits === shortestDigits(text) ? decimals.length : 13 + digits.length);
}

function shortestDigits(text: string): string {
  const digits = significantDigits(text);
  return digits.length > 15 ? significantDigits(String(Number(text))) : digits;
}

function magnitudeOf(text: string): string {
  const [, exponent = '0'] = Number(text).toExponential().split('e');
  return Number(text) === 0 ? 'zero' : `10^${Number(exponent)}`;
}

/** Returns the digits without sign, point, exponent, and leading and trailing zeros. */
export function significantDigits(text: string): string {
  const [mantissa = ''] = text.split(/[eE]/);
  const digits = mantissa.replace(/[-+.]/g, '').replace(/^0+/, '');
  return digits.slice(0, endOfDigits(digits));
}

/** Where the zeros at the end begin. A regular expression takes quadratic time for zeros that are not at the end. */
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return end;
}
