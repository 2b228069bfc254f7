import type { ColumnType, Options } from '@etl/pipeline/options';
import type { Evidence } from './evidence';
import { uniformity } from './spellings';

/** Values with two plausible readings: each warning names both, which one was taken, and how to declare the other. */

/** About a column that was inferred, and whose values are all written like numbers. */
export function numberWarnings(
  name: string,
  { type, evidence, options, delimiter }: { type: ColumnType; evidence: Evidence; options: Options; delimiter: string },
): string[] {
  const { values, integers, bigIntegers, doubles, sureDoubles, commaDoubles, sureCommaDoubles, codes } = evidence;
  const decimal = options.dialect?.decimal;
  const stays = `the column stays text (declare ${name} as double if they are numbers)`;
  if (type === 'double') {
    const thousands = decimal === undefined && delimiter !== ',' && doubles > 0 && sureDoubles === 0;
    const readings = 'every decimal has the form of 1.234, which is read as 1.234 and may be 1234';
    return [
      ...(thousands ? [`${name}: ${readings} (declare dialect.decimal)`] : []),
      ...(uniformity(evidence) === 'likely'
        ? [`${name}: ${mixed}, and are read as numbers (declare ${name} as text if they are codes)`]
        : []),
    ];
  }
  if (type !== 'text' || values === 0 || bigIntegers > 0) return [];
  if (decimal !== ',' && integers + doubles + codes === values) {
    if (codes > 0) return [`${name}: values like 1E5 may be codes or the number 100000: ${stays}`];
    if (uniformity(evidence) === 'refuted') return [`${name}: ${mixed}: ${stays}`];
  }
  if (decimal !== '.' && commaDoubles > 0 && integers + commaDoubles === values) {
    if (decimal === undefined && (sureCommaDoubles === 0 || delimiter === ',')) {
      const example = sureCommaDoubles === 0 ? '1,234 may be 1234 or 1.234' : '1,5 may be decimals';
      return [`${name}: values like ${example}: the column stays text (declare dialect.decimal)`];
    }
    if (uniformity(evidence) === 'refuted') return [`${name}: ${mixed}: ${stays}`];
  }
  return [];
}

const mixed = 'equal numbers are written in different ways, like 1.5 and 1.50, which may be different codes';

/** About a column that is read as dates, inferred or declared. */
export function dateWarnings(name: string, evidence: Evidence, options: Options): string[] {
  const { dmy, mdy, yearLast, shortYears, timed, zoned } = evidence;
  const warnings: string[] = [];
  if (yearLast > dmy && yearLast > mdy) {
    warnings.push('some dates have the day first, and others the month; the order of most of them is taken');
  } else if (yearLast > 0 && dmy === mdy && options.dialect?.dateOrder === undefined) {
    const readings = '03/04/2026 is read as 3 April (day first) and may be March 4';
    warnings.push(`no value shows whether day or month comes first: ${readings} (declare dialect.dateOrder)`);
  }
  if (shortYears > 0) {
    const readings = 'years 70 to 99 are read as 19xx, 00 to 69 as 20xx, and 26-02-08 as 26 February';
    warnings.push(`${shortYears} dates have a year of two digits: ${readings}`);
  }
  if (zoned > 0 && zoned < timed) {
    warnings.push(`${timed - zoned} of ${timed} times have no UTC offset and are read as UTC`);
  }
  return warnings.map((warning) => `${name}: ${warning}`);
}
