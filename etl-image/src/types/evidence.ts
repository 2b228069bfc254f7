import { addNumbers, addSpellings, type Numbers, noNumbers, noSpellings, type Spellings } from './spellings';

/** Number of values of a column for each form of value. Counts of several readings add up. */
export interface TypeCounts {
  /** Values that are neither null nor a word for null. */
  readonly values: number;
  /** 64-bit integers in canonical form: `007`, `+1` and `1.0` do not count. */
  readonly integers: number;
  /** Integers that a double cannot hold exactly. */
  readonly bigIntegers: number;
  /** Integers in the form of a date or a year: `20260208`, `2026`. Counted only in columns with a date name. */
  readonly dateIntegers: number;
  /**
   * Numbers with a point, or in scientific notation, that a double holds without losing a digit. Integers do not count.
   */
  readonly doubles: number;
  /** Doubles that cannot be thousands: `1.5`, but not `1.234`. */
  readonly sureDoubles: number;
  /** Numbers with an exponent that may be codes, such as `1E5`, or that a double cannot hold. */
  readonly codes: number;
  /** Like `doubles`, with a decimal comma. */
  readonly commaDoubles: number;
  /** Comma doubles that cannot be thousands: `1,5`, but not `1,234`. */
  readonly sureCommaDoubles: number;
  /** Readings with more than `maxNumbers` different numbers. */
  readonly manyNumbers: number;
  readonly booleans: number;
  /** Dates by the order of their numbers. `05/06/2026` counts as both `dmy` and `mdy`. */
  readonly ymd: number;
  readonly dmy: number;
  readonly mdy: number;
  /** Dates with the year last, each counted once. */
  readonly yearLast: number;
  /** Dates with a two-digit year. */
  readonly shortYears: number;
  /** Dates of any order with a time of day. */
  readonly timed: number;
  /** Dates with a time of day and a UTC offset. */
  readonly zoned: number;
  /** Dates that a timestamp cannot hold, or in an unsupported form. */
  readonly otherDates: number;
}

/** Evidence of a column's type in its values. */
export interface Evidence extends TypeCounts {
  /** Notations of the column's numbers. */
  readonly spellings: Spellings;
  /** The different numbers without exponent; empty above `maxNumbers`. */
  readonly numbers: Numbers;
}

export const noEvidence: Evidence = {
  values: 0,
  integers: 0,
  bigIntegers: 0,
  dateIntegers: 0,
  doubles: 0,
  sureDoubles: 0,
  codes: 0,
  commaDoubles: 0,
  sureCommaDoubles: 0,
  manyNumbers: 0,
  booleans: 0,
  ymd: 0,
  dmy: 0,
  mdy: 0,
  yearLast: 0,
  shortYears: 0,
  timed: 0,
  zoned: 0,
  otherDates: 0,
  spellings: noSpellings,
  numbers: noNumbers,
};

const { spellings: _, numbers: __, ...noCounts } = noEvidence;
export const countNames = Object.keys(noCounts) as readonly (keyof TypeCounts)[];

/** Evidence as stored, without zero counts and empty records. */
export type StoredEvidence = Partial<Evidence>;

export function addEvidence(a: Evidence, b: StoredEvidence): Evidence {
  const sum: Record<keyof TypeCounts, number> = { ...a };
  for (const name of countNames) sum[name] += b[name] ?? 0;
  const spellings = addSpellings(a.spellings, b.spellings);
  const numbers = sum.manyNumbers > 0 ? noNumbers : addNumbers(a.numbers, b.numbers);
  return numbers ? { ...sum, spellings, numbers } : { ...sum, spellings, numbers: noNumbers, manyNumbers: 1 };
}

export function toStoredEvidence({ spellings, numbers, ...counts }: Evidence): StoredEvidence {
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(Object.keys(spellings).length > 0 && { spellings }),
    ...(Object.keys(numbers).length > 0 && { numbers }),
  };
}

/** Adds up the evidence of several readings, column by column. */
export function addColumns(columns: number, ...readings: readonly (readonly StoredEvidence[])[]): Evidence[] {
  return Array.from({ length: columns }, (_, column) =>
    readings.reduce((sum, reading) => addEvidence(sum, reading[column] ?? {}), noEvidence),
  );
}
