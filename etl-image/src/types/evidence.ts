import { addNumbers, addSpellings, type Numbers, noNumbers, noSpellings, type Spellings } from './spellings';

/** How many values of a column look like what. The counts of several readings add up. */
export interface Counts {
  /** Neither null nor a word for null. */
  readonly values: number;
  /** 64-bit integers in canonical form: `007`, `+1` and `1.0` do not count. */
  readonly integers: number;
  /** Integers that a double cannot hold exactly. */
  readonly bigIntegers: number;
  /** Integers that read as a date or a year: `20260208`, `2026`. Counted in date-named columns only. */
  readonly dateIntegers: number;
  /** Numbers with a point, or in scientific notation, that a double holds without losing a digit. Integers do not count. */
  readonly doubles: number;
  /** Doubles that cannot be thousands: `1.5`, but not `1.234`. */
  readonly sureDoubles: number;
  /** Numbers with an exponent that may as well be codes, such as `1E5`, or that a double cannot hold. */
  readonly codes: number;
  /** As `doubles`, with a decimal comma. */
  readonly commaDoubles: number;
  /** Comma doubles that cannot be thousands: `1,5`, but not `1,234`. */
  readonly sureCommaDoubles: number;
  /** Readings that had more than `mostNumbers` different numbers. */
  readonly manyNumbers: number;
  readonly booleans: number;
  /** Dates by the order of their numbers. `05/06/2026` counts as `dmy` and as `mdy`. */
  readonly ymd: number;
  readonly dmy: number;
  readonly mdy: number;
  /** Dates whose year comes last, each counted once. */
  readonly yearLast: number;
  /** Dates with a year of two digits. */
  readonly shortYears: number;
  /** Dates of any order with a time of day. */
  readonly timed: number;
  /** Dates with a time of day and a UTC offset. */
  readonly zoned: number;
  /** Dates that a timestamp cannot hold, or whose form is not supported. */
  readonly otherDates: number;
}

/** What the values of a column show about its type. */
export interface Evidence extends Counts {
  /** How its numbers are written. */
  readonly spellings: Spellings;
  /** The numbers without exponent, unless they are too many. */
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
export const countNames = Object.keys(noCounts) as readonly (keyof Counts)[];

/** Evidence as stored, without what is 0 or empty. */
export type KeptEvidence = Partial<Evidence>;

export function addEvidence(a: Evidence, b: KeptEvidence): Evidence {
  const sum: Record<keyof Counts, number> = { ...a };
  for (const name of countNames) sum[name] += b[name] ?? 0;
  const spellings = addSpellings(a.spellings, b.spellings);
  const numbers = sum.manyNumbers > 0 ? noNumbers : addNumbers(a.numbers, b.numbers);
  return numbers ? { ...sum, spellings, numbers } : { ...sum, spellings, numbers: noNumbers, manyNumbers: 1 };
}

export function keepEvidence({ spellings, numbers, ...counts }: Evidence): KeptEvidence {
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(Object.keys(spellings).length > 0 && { spellings }),
    ...(Object.keys(numbers).length > 0 && { numbers }),
  };
}

/** Of each column, the evidence of several readings. */
export function addColumns(columns: number, ...readings: readonly (readonly KeptEvidence[])[]): Evidence[] {
  return Array.from({ length: columns }, (_, column) =>
    readings.reduce((sum, reading) => addEvidence(sum, reading[column] ?? {}), noEvidence),
  );
}
