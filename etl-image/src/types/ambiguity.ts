import type { Options } from '@etl/pipeline/options';
import type { Evidence } from './evidence';
import { uniformity } from './spellings';

/*
 * Values with two plausible readings. Each warning names both readings, the one in use, and how to declare the other.
 */

const mixed = 'equal numbers are written in different ways, like 1.5 and 1.50, which may be different codes';

/** Warns about a column that is read as doubles, inferred or declared. */
export function doubleWarnings(name: string, evidence: Evidence, options: Options, delimiter: string): string[] {
  const { doubles, sureDoubles } = evidence;
  if (options.dialect?.decimal !== undefined || delimiter === ',' || doubles === 0 || sureDoubles > 0) return [];
  const readings = 'every decimal has the form of 1.234, which is read as 1.234 and may be 1234';
  return [`${name}: ${readings} (declare dialect.decimal)`];
}

/** Warns about an inferred double column whose equal numbers may be different codes. */
export function codeWarnings(name: string, evidence: Evidence): string[] {
  if (uniformity(evidence) !== 'likely') return [];
  return [`${name}: ${mixed}; the column is read as numbers (declare ${name} as text if they are codes)`];
}

/** Warns about an inferred text column whose values are all written like numbers. */
export function textWarnings(name: string, evidence: Evidence, options: Options, delimiter: string): string[] {
  const { integers, doubles, codes, commaDoubles, sureCommaDoubles, values } = evidence;
  const decimal = options.dialect?.decimal;
  const commas = decimal === undefined && commaDoubles > 0 && integers + commaDoubles === values;
  const because = (why: string, remedy: string): string[] => [`${name}: ${why}; the column stays text (${remedy})`];
  if (commas && sureCommaDoubles === 0)
    return because('values like 1,234 may be 1234 or 1.234', 'declare dialect.decimal');
  if (commas && delimiter === ',') return because('values like 1,5 may be decimals', 'declare dialect.decimal');
  const remedy = `declare ${name} as double if they are numbers`;
  if (codes > 0 && integers + doubles + codes === values)
    return because('values like 1E5 may be codes or the number 100000', remedy);
  return uniformity(evidence) === 'refuted' ? because(mixed, remedy) : [];
}

/** Warns about a column that is read as dates, inferred or declared. */
export function dateWarnings(name: string, evidence: Evidence, options: Options): string[] {
  const { dmy, mdy, yearLast, shortYears, timed, zoned } = evidence;
  const warnings: string[] = [];
  if (yearLast > dmy && yearLast > mdy) {
    warnings.push('some dates have the day first, others the month; the most frequent order is used');
  } else if (yearLast > 0 && dmy === mdy && options.dialect?.dateOrder === undefined) {
    const readings = '03/04/2026 is read as 3 April (day first) and may be March 4';
    warnings.push(`no value shows whether the day or the month comes first: ${readings} (declare dialect.dateOrder)`);
  }
  if (shortYears > 0) {
    const readings = 'years 70 to 99 are read as 19xx, 00 to 69 as 20xx, and 26-02-08 as 26 February';
    warnings.push(`dates with a two-digit year: ${shortYears} (${readings})`);
  }
  if (zoned > 0 && zoned < timed) {
    warnings.push(`${timed - zoned} of ${timed} times have no UTC offset and are read as UTC`);
  }
  return warnings.map((warning) => `${name}: ${warning}`);
}
