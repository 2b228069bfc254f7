/** Order of a date's numbers. Two-digit years: 70 to 99 are 19xx, 00 to 69 are 20xx (POSIX). */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

const time = '(?:[T ](\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.](\\d{1,6}))?)?(?: ?(?:(Z)|([+-])(\\d{2}):?(\\d{2})))?)?';
const yearFirst = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${time}$`);
const yearLast = new RegExp(`^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})${time}$`);

/** What a text may be as a date: microseconds since 1970, UTC, for each order in which it is one. */
export interface ReadDates {
  readonly ymd?: bigint;
  readonly dmy?: bigint;
  readonly mdy?: bigint;
  readonly timed: boolean;
}

const none: ReadDates = { timed: false };

export function readDates(text: string): ReadDates {
  const first = text.charCodeAt(0);
  if (first < 48 || first > 57) return none;
  const timed = text.includes(':');
  const iso = yearFirst.exec(text);
  if (iso) {
    const ymd = microsOf(number(iso[1]), number(iso[2]), number(iso[3]), iso);
    return ymd === undefined ? none : { ymd, timed };
  }
  const other = yearLast.exec(text);
  if (!other) return none;
  const short = number(other[3]);
  const year = other[3]?.length === 4 ? short : short >= 70 ? 1900 + short : 2000 + short;
  const dmy = microsOf(year, number(other[2]), number(other[1]), other);
  const mdy = microsOf(year, number(other[1]), number(other[2]), other);
  if (dmy === undefined && mdy === undefined) return none;
  return { ...(dmy !== undefined && { dmy }), ...(mdy !== undefined && { mdy }), timed };
}

const number = (digits: string | undefined): number => Number(digits ?? 0);

function microsOf(year: number, month: number, day: number, groups: RegExpExecArray): bigint | undefined {
  const [hours, minutes, seconds] = [number(groups[4]), number(groups[5]), number(groups[6])];
  const [zoneHours, zoneMinutes] = [number(groups[10]), number(groups[11])];
  if (year < 1 || hours > 23 || minutes > 59 || seconds > 59 || zoneHours > 23 || zoneMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have has moved on to the next one.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const zone = (groups[9] === '-' ? -1 : 1) * (zoneHours * 60 + zoneMinutes);
  const wholeSeconds = date.getTime() / 1000 + hours * 3600 + (minutes - zone) * 60 + seconds;
  return BigInt(wholeSeconds) * 1_000_000n + BigInt((groups[7] ?? '').padEnd(6, '0'));
}
