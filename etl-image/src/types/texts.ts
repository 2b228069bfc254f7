import { type ReadDates, readDates } from './dates';
import { type Evidence, noEvidence } from './evidence';
import { nullWords } from './nullWords';
import { evidenceOfNumber, readDouble, readInteger } from './numbers';
import type { ColumnPlan } from './schema';

/*
 * The rules of docs/csv.md for a single value, which every engine follows. The kernel parses the common forms itself
 * (assembly/plain.ts) and delegates the others to this module.
 */

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

function readBoolean(text: string): boolean | undefined {
  if (text.length !== 4 && text.length !== 5) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** A value as stored. Dates and timestamps are in microseconds since 1970, UTC. */
export type Value = string | bigint | number | boolean;

/**
 * Parses a text as its column's type. Returns null for an empty text or a word for null, undefined for an invalid
 * value.
 */
export function readValue(raw: string, plan: ColumnPlan): Value | null | undefined {
  if (raw === '') return null;
  if (plan.type === 'text') return raw;
  const text = trimSpaces(raw);
  if (nullWords.has(text)) return null;
  switch (plan.type) {
    case 'integer':
      return readInteger(text);
    case 'double':
      return readDouble(text, plan.decimal);
    case 'boolean':
      return readBoolean(text);
    case 'date':
    case 'timestamp': {
      const dates = readDates(text);
      if (plan.type === 'date' && !dates.wholeDay) return undefined;
      return dates.ymd ?? dates[plan.dateOrder];
    }
  }
}
