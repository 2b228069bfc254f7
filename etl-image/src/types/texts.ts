import { type ReadDates, readDates } from './dates';
import { type Evidence, noEvidence } from './evidence';
import { nullWords } from './nullWords';
import { evidenceOfNumber } from './numbers';

/** Trims the spaces around a value. They are significant only in text columns. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 32) start++;
  while (end > start && text.charCodeAt(end - 1) === 32) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Returns the evidence of one text. An empty text is null and gives no evidence. */
export function evidenceOf(raw: string, wanted: { dates: boolean }): Evidence {
  const text = trimSpaces(raw);
  if (raw === '' || nullWords.has(text)) return noEvidence;
  const value = { ...noEvidence, values: 1 };
  const number = evidenceOfNumber(text, wanted);
  if (number) return { ...value, ...number };
  if (readBoolean(text) !== undefined) return { ...value, booleans: 1 };
  return wanted.dates ? { ...value, ...evidenceOfDate(readDates(text)) } : value;
}

function evidenceOfDate({ ymd, dmy, mdy, timed, zoned, shortYear, other }: ReadDates): Partial<Evidence> {
  const count = (holds: boolean): number => (holds ? 1 : 0);
  return {
    ymd: count(ymd !== undefined),
    dmy: count(dmy !== undefined),
    mdy: count(mdy !== undefined),
    yearLast: count((dmy ?? mdy) !== undefined),
    shortYears: count(shortYear),
    timed: count(timed),
    zoned: count(zoned),
    otherDates: count(other),
  };
}

export function readBoolean(text: string): boolean | undefined {
  if (text.length !== 4 && text.length !== 5) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}
