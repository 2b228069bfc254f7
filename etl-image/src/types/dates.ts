import { isOtherDate, longestDate } from './otherDates';

/** Order of a date's numbers. Two-digit years 70 to 99 are 19xx, 00 to 69 are 20xx (POSIX). */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

const time =
  '(?:[T ](\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,12}))?)?(?: ?(?:([Zz])|([+-])(\\d{2})(?::?(\\d{2}))?))?)?';
const ymd = '(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})';
const yearAtEnd = '(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})';
const yearFirst = new RegExp(`^${ymd}${time}$`);
const yearLast = new RegExp(`^${yearAtEnd}${time}$`);
/** A date followed by an unsupported time (12-hour clock, named time zone) or by a remark. */
const followed = new RegExp(`^(${ymd}|${yearAtEnd})(?!\\d).+$`, 's');

/**
 * A date in each order, in microseconds since 1970, UTC. All three are absent for a text that cannot be stored as a
 * date.
 */
export interface ReadDates {
  readonly ymd: bigint | undefined;
  readonly dmy: bigint | undefined;
  readonly mdy: bigint | undefined;
  /** Whether it has a time of day. */
  readonly timed: boolean;
  /** Whether it has a UTC offset. */
  readonly zoned: boolean;
  /** Whether a `date` column can hold it: midnight, with no offset or a zero one. */
  readonly wholeDay: boolean;
  readonly shortYear: boolean;
  /** Whether it is a date that a timestamp cannot hold, or in an unsupported form. */
  readonly other: boolean;
}

const noDay = { ymd: undefined, dmy: undefined, mdy: undefined } as const;
const none: ReadDates = { ...noDay, timed: false, zoned: false, wholeDay: false, shortYear: false, other: false };
const other: ReadDates = { ...none, other: true };

export function readDates(text: string): ReadDates {
  if (!/\d/.test(text)) return none;
  if (text.length * 3 > longestDate && Buffer.byteLength(text) > longestDate) return none;
  const iso = yearFirst.exec(text);
  const groups = iso ?? yearLast.exec(text);
  if (!groups) return isOtherDate(text) || startsWithDate(text) ? other : none;
  const [a, b, c] = [number(groups[1]), number(groups[2]), number(groups[3])];
  const shortYear = !iso && groups[3]?.length === 2;
  const year = shortYear ? c + (c >= 70 ? 1900 : 2000) : c;
  const [first, second] = iso ? [dayOf(a, b, c)] : [dayOf(year, b, a), dayOf(year, a, b)];
  const clock = readClock(groups);
  if ((first ?? second) === undefined || clock === 'invalid') return none;
  if (clock === 'other') return other;
  const { micros, timed, zoned, wholeDay } = clock;
  const [one, two] = [microsOf(first, micros), microsOf(second, micros)];
  if (!isStorable(one) || !isStorable(two)) return other;
  // A literal of fixed keys: this is called for many values.
  return {
    ymd: iso ? one : undefined,
    dmy: iso ? undefined : one,
    mdy: two,
    ...{ timed, zoned, wholeDay, shortYear, other: false },
  };
}

function microsOf(day: number | undefined, clock: bigint): bigint | undefined {
  return day === undefined ? undefined : BigInt(day) * dayMicros + clock;
}

function isStorable(micros: bigint | undefined): boolean {
  return micros === undefined || (micros >= earliest && micros <= latest);
}

function startsWithDate(text: string): boolean {
  const [, date] = followed.exec(text) ?? [];
  if (date === undefined) return false;
  const { ymd, dmy, mdy } = readDates(date);
  return (ymd ?? dmy ?? mdy) !== undefined;
}

const number = (digits: string | undefined): number => Number(digits ?? 0);

const dayMicros = 86_400_000_000n;
/** Years 1 to 9999: the range that all common Parquet readers support. */
export const earliest = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1000n;
export const latest = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 1000n + 999n;

/** Returns the days since 1970; undefined for a day that the calendar lacks. */
export function dayOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day past the end of the month overflows into the next one.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / 86_400_000 : undefined;
}

interface Clock extends Pick<ReadDates, 'timed' | 'zoned' | 'wholeDay'> {
  /** Since midnight UTC of the day as written. */
  readonly micros: bigint;
}

/**
 * Parses the time of day and its offset. Returns `other` for a valid time that cannot be stored, `invalid` for an
 * invalid time.
 */
function readClock(groups: RegExpExecArray): Clock | 'other' | 'invalid' {
  const [hours, minutes, seconds] = [number(groups[4]), number(groups[5]), number(groups[6])];
  const fraction = groups[7] ?? '';
  const [zoneHours, zoneMinutes] = [number(groups[10]), number(groups[11])];
  const endOfDay = hours === 24 && minutes === 0 && seconds === 0 && /^0*$/.test(fraction);
  const leapSecond = seconds === 60 && minutes === 59;
  if ((hours > 23 && !endOfDay) || minutes > 59 || (seconds > 59 && !leapSecond)) return 'invalid';
  if (zoneHours > 23 || zoneMinutes > 59) return 'invalid';
  if (endOfDay || leapSecond || /[1-9]/.test(fraction.slice(6))) return 'other';
  const zone = (groups[9] === '-' ? -1 : 1) * (zoneHours * 60 + zoneMinutes);
  const wholeSeconds = hours * 3600 + (minutes - zone) * 60 + seconds;
  const micros = BigInt(wholeSeconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  const zoned = groups[8] !== undefined || groups[9] !== undefined;
  return { micros, timed: groups[4] !== undefined, zoned, wholeDay: micros === 0n && zone === 0 };
}
