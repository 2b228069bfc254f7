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

/** Evidence as it is kept: counts that are 0 are left out. */
export type KeptEvidence = Partial<Evidence>;

export function addEvidence(a: Evidence, b: KeptEvidence): Evidence {
  return {
    values: a.values + (b.values ?? 0),
    integers: a.integers + (b.integers ?? 0),
    bigIntegers: a.bigIntegers + (b.bigIntegers ?? 0),
    doubles: a.doubles + (b.doubles ?? 0),
    commaDoubles: a.commaDoubles + (b.commaDoubles ?? 0),
    sureCommaDoubles: a.sureCommaDoubles + (b.sureCommaDoubles ?? 0),
    booleans: a.booleans + (b.booleans ?? 0),
    ymd: a.ymd + (b.ymd ?? 0),
    dmy: a.dmy + (b.dmy ?? 0),
    mdy: a.mdy + (b.mdy ?? 0),
    timed: a.timed + (b.timed ?? 0),
  };
}

export function keepEvidence(evidence: Evidence): KeptEvidence {
  return Object.fromEntries(Object.entries(evidence).filter(([, count]) => count > 0));
}

/** Of each column, the evidence of several readings. */
export function addColumns(columns: number, ...readings: readonly (readonly KeptEvidence[])[]): Evidence[] {
  return Array.from({ length: columns }, (_, column) =>
    readings.reduce((sum, reading) => addEvidence(sum, reading[column] ?? {}), noEvidence),
  );
}
