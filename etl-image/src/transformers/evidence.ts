/** How many values of a column look like what: the counts of all chunks seen so far, added up. */
export interface Evidence {
  /** Not null, and no word for null. */
  readonly values: number;
  /** Words for null (`NA`, `null` …): null in number and date columns, text in text columns. */
  readonly nullWords: number;
  /** Whole numbers of 64 bits, written as they would be printed: `007`, `+1` and `1.0` are none. */
  readonly integers: number;
  /** Those of them that a double cannot hold exactly. */
  readonly bigIntegers: number;
  /** Numbers with a point or an exponent that a double holds without losing a digit; integers not counted. */
  readonly doubles: number;
  /** The same with a decimal comma. */
  readonly commaDoubles: number;
  /** Those of them with other than three digits behind the comma, which cannot be thousands. */
  readonly sureCommaDoubles: number;
  readonly booleans: number;
  /** Dates by the order of their numbers. A date like 05/06/2026 counts as both `dmy` and `mdy`. */
  readonly ymd: number;
  readonly dmy: number;
  readonly mdy: number;
  /** Dates of any order with a time of day. */
  readonly timed: number;
}

export const noEvidence: Evidence = {
  values: 0,
  nullWords: 0,
  integers: 0,
  bigIntegers: 0,
  doubles: 0,
  commaDoubles: 0,
  sureCommaDoubles: 0,
  booleans: 0,
  ymd: 0,
  dmy: 0,
  mdy: 0,
  timed: 0,
};

export type EvidenceKey = keyof Evidence;
export const evidenceKeys = Object.keys(noEvidence) as EvidenceKey[];

export function addEvidence(a: Evidence, b: Evidence): Evidence {
  return Object.fromEntries(evidenceKeys.map((key) => [key, a[key] + b[key]])) as unknown as Evidence;
}
