import type { StoredEvidence } from '../../types/evidence';
import { maxNumbers, type Spellings, ways } from '../../types/spellings';

/** The kernel's counts of a column (assembly/numbers.ts, dates.ts): 32-bit words, followed by the different numbers. */
export const countWords = 24;
const numberSlots = 64;
export const countBytes = countWords * 4 + numberSlots * 16;

/** `different`: the different numbers; undefined above `maxNumbers`. */
export function evidenceOfIntegers(counts: DataView, different: readonly bigint[] | undefined): StoredEvidence {
  const [integers = 0, bigIntegers = 0, , , low = 0, high = 0] = wordsOf(counts);
  const spellings = { ...(integers > 0 && { d0: 1 }), ...magnitudes(low, high) };
  const few = different && { numbers: Object.fromEntries(different.map((number) => [String(Number(number)), 1])) };
  return { values: integers, integers, bigIntegers, spellings, ...(few ?? { manyNumbers: 1 }) };
}

/** Evidence of a decimal column. */
export function evidenceOfMarks(counts: DataView, mark: '.' | ','): StoredEvidence {
  const [integers = 0, fractions = 0, sure = 0] = wordsOf(counts);
  const values = integers + fractions;
  return mark === ','
    ? { values, commaDoubles: fractions, sureCommaDoubles: sure }
    : { values, doubles: fractions, sureDoubles: sure };
}

export function evidenceOfDecimals(counts: DataView, decimal: '.' | ','): StoredEvidence {
  const words = wordsOf(counts);
  const [integers = 0, fractions = 0, sure = 0, dateIntegers = 0, low = 0, high = 0, leads = 0, ...written] = words;
  const decimals = written.slice(0, 16).flatMap((bits, significant) => (bits > 0 ? [[`d${significant}`, bits]] : []));
  const marked =
    decimal === ',' ? { commaDoubles: fractions, sureCommaDoubles: sure } : { doubles: fractions, sureDoubles: sure };
  const spellings = { ...Object.fromEntries(decimals), ...(leads > 0 && { lead: leads }), ...magnitudes(low, high) };
  const values = integers + fractions;
  return { values, integers, dateIntegers, ...marked, spellings, ...differentNumbers(counts) };
}

export function evidenceOfDates(counts: DataView, order: 'dmy' | 'mdy'): StoredEvidence {
  const [ymd = 0, dmy = 0, mdy = 0, timed = 0] = wordsOf(counts);
  const yearLast = order === 'mdy' ? mdy : dmy;
  return { values: ymd + yearLast, ymd, dmy, mdy, yearLast, timed };
}

export function wordsOf(counts: DataView): number[] {
  return Array.from({ length: countWords }, (_, at) => counts.getUint32(at * 4, true));
}

/** Decodes magnitudes: bit 0 is zero, bit 16 + e is 10^e. */
function magnitudes(low: number, high: number): Spellings {
  const groups: Record<string, number> = {};
  for (let bit = 0; bit < 64; bit++) {
    const word = bit < 32 ? low : high;
    if ((word >>> (bit % 32)) & 1) groups[bit === 0 ? 'zero' : `10^${bit - 16}`] = ways.plain;
  }
  return groups;
}

function differentNumbers(counts: DataView): StoredEvidence {
  const different = wordsOf(counts).at(-1) ?? 0;
  if (different > maxNumbers) return { manyNumbers: 1 };
  const numbers: Record<string, number> = {};
  for (let at = countWords * 4; at < countBytes; at += 16) {
    const number = counts.getFloat64(at, true);
    const bits = counts.getUint32(at + 8, true);
    if (bits > 0) numbers[Object.is(number, -0) ? '-0' : String(number)] = bits;
  }
  return { numbers };
}
