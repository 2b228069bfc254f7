import { CliError, usageExitCode } from '@etl/lib/cliError';
import { cronFields } from './cron';
import { dayNames, shortNames } from './names';
import { minutesOfDay, type WallTime } from './wallTime';

/** Days and times of day at which a schedule starts a batch. A day must match all three day fields. */
export interface Timetable {
  /** Times in ascending order. */
  readonly times: readonly WallTime[];
  /** Days from 1 to 31. */
  readonly daysOfMonth: readonly number[];
  /** Months from 1 to 12. */
  readonly months: readonly number[];
  /** Days from 0 (Sunday) to 6. */
  readonly daysOfWeek: readonly number[];
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

export const everyDay = { daysOfMonth: range(1, 31), months: range(1, 12), daysOfWeek: range(0, 6) };

const names = shortNames(dayNames);

/** Parses an option that takes a time of day such as `02:30`. */
export function timeOfDay(text: string): WallTime {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const time = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) < 60 && time < minutesOfDay) return time;
  throw new CliError(`--at ${text} is not a time of day`, 'Use the form HH:MM, e.g. --at 02:30', usageExitCode);
}

/** Parses an option that takes days of the week: `mon-fri`, `mon,wed,fri` or `sat-mon`. */
export function daysOfWeek(text: string): number[] {
  const days = text.split(',').flatMap((part) => {
    const [first, last = first, ...more] = part.split('-').map((name) => names.indexOf(name.trim().toLowerCase()));
    if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) throw badDays(text);
    return last >= first ? range(first, last) : [...range(first, 6), ...range(0, last)];
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

function badDays(text: string): CliError {
  const remedy = 'Use a form such as mon-fri or sat,sun (sun mon tue wed thu fri sat)';
  return new CliError(`--days ${text} is not a list of days of the week`, remedy, usageExitCode);
}

/** Maximum of starts a day: one every 15 minutes. A batch lists all files of its day, so more would be too frequent. */
const maxTimes = 96;

/**
 * Returns the timetable of a cron expression of five fields.
 *
 * @throws {CliError} when the expression is invalid or has too many times a day.
 */
export function cronTimetable(expression: string): Timetable {
  const { minutes, hours, ...days } = cronFields(expression);
  if (hours.length * minutes.length > maxTimes) {
    throw new CliError(
      `--cron '${expression}' would start ${hours.length * minutes.length} batches a day`,
      `Use at most ${maxTimes} start times a day; */15 is every quarter of an hour`,
      usageExitCode,
    );
  }
  return { times: hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)), ...days };
}

/** Returns whether a timetable starts a batch on a day in the form `YYYY-MM-DD`. */
export function isDayOf({ daysOfMonth, months, daysOfWeek }: Timetable, day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return (
    daysOfMonth.includes(date.getUTCDate()) &&
    months.includes(date.getUTCMonth() + 1) &&
    daysOfWeek.includes(date.getUTCDay())
  );
}

/** Returns whether a start at one of these times with a delay of `lateMs` milliseconds may fall on the next day. */
export function passesMidnight(times: readonly WallTime[], lateMs: number): boolean {
  return Math.max(...times) + lateMs / 60_000 >= minutesOfDay;
}
