/** How many values of a column look like what: the counts of all that was read, added up. */
export interface Evidence {
  /** Not null, and no word for null. */
  readonly values: number;
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

export function addEvidence(a: Evidence, b: Evidence): Evidence {
  return {
    values: a.values + b.values,
    integers: a.integers + b.integers,
    bigIntegers: a.bigIntegers + b.bigIntegers,
    doubles: a.doubles + b.doubles,
    commaDoubles: a.commaDoubles + b.commaDoubles,
    sureCommaDoubles: a.sureCommaDoubles + b.sureCommaDoubles,
    booleans: a.booleans + b.booleans,
    ymd: a.ymd + b.ymd,
    dmy: a.dmy + b.dmy,
    mdy: a.mdy + b.mdy,
    timed: a.timed + b.timed,
  };
}
