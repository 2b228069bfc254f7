import { addDays, daysBetween } from '@etl/lib/timeZones';
import { isDayOf, type Timetable } from '@etl/pipeline/calendar/timetable';
import { clockChanges, daysOfChange, startTime, type WallTime } from '@etl/pipeline/calendar/wallTime';

/** Days on which a clock change skips or repeats a time of a timetable, and the time that replaces it. */
export interface Moved {
  readonly time: WallTime;
  readonly to: WallTime;
  /** @default every year */
  readonly year?: number;
  readonly month: number;
  /** First and last day of the month. */
  readonly days: readonly [number, number];
  /** @default every day of the week */
  readonly dayOfWeek?: number;
}

interface Exception {
  readonly time: WallTime;
  readonly to: WallTime;
  readonly day: string;
}

/** Period in years after which the days of the week repeat, so that a rule valid for one period remains valid. */
const cycleYears = 28;
/**
 * Years listed day by day for zones without a yearly rule: at least ten full years, whatever day of the first year it
 * is.
 */
const listedYears = 11;

/**
 * Returns the times to move, starting with the year of the day `from`: as yearly rules where the zone has them ("the
 * last Sunday of March"), otherwise day by day for ten years.
 */
export function movedTimes(timetable: Timetable, timeZone: string, from: string): Moved[] {
  const year = Number(from.slice(0, 4));
  const years = [year, year + cycleYears] as const;
  const exceptions = exceptionsOf(timetable, timeZone, years);
  const rules = [...groupsOf(exceptions).values()].map((group) => ruleOf(group, timetable, years));
  if (rules.every((rule) => rule !== undefined)) return rules;
  const near = exceptions.filter(({ day }) => Number(day.slice(0, 4)) < year + listedYears);
  return near.map(({ day, ...times }) => {
    const [y = 0, month = 0, d = 0] = day.split('-').map(Number);
    return { ...times, year: y, month, days: [d, d] };
  });
}

function exceptionsOf(timetable: Timetable, timeZone: string, [first, last]: readonly [number, number]): Exception[] {
  // Local time differs from UTC by at most 14 hours.
  return clockChanges(timeZone, Date.UTC(first, 0, 0), Date.UTC(last + 1, 0, 2))
    .flatMap((change) => daysOfChange(change).map((day) => ({ change, day })))
    .filter(({ day }) => day >= `${first}-01-01` && day <= `${last}-12-31` && isDayOf(timetable, day))
    .flatMap(({ change, day }) => timetable.times.map((time) => ({ day, time, to: startTime([change], day, time) })))
    .filter(({ time, to }) => time !== to);
}

function groupsOf(exceptions: readonly Exception[]): Map<string, Exception[]> {
  const groups = new Map<string, Exception[]>();
  for (const exception of exceptions) {
    const key = `${exception.time} ${exception.to} ${exception.day.slice(5, 7)} ${dayOfWeek(exception.day)}`;
    groups.set(key, [...(groups.get(key) ?? []), exception]);
  }
  return groups;
}

/** Returns the yearly rule that selects exactly these days of a timetable; undefined if there is none. */
function ruleOf(
  group: readonly Exception[],
  timetable: Timetable,
  [first, last]: readonly [number, number],
): Moved | undefined {
  const [one] = group;
  if (!one) return undefined;
  const days = group.map(({ day }) => Number(day.slice(8)));
  const month = one.day.slice(5, 7);
  const [from, to] = [Math.min(...days), Math.max(...days)];
  const weekday = dayOfWeek(one.day);
  const found = new Set(group.map(({ day }) => day));
  for (let year = first; year <= last; year++) {
    const start = addDays(`${year}-${month}-01`, from - 1);
    const selected = daysBetween(start, addDays(start, to - from)).filter(
      (day) => day.slice(5, 7) === month && dayOfWeek(day) === weekday && isDayOf(timetable, day),
    );
    if (!selected.every((day) => found.has(day))) return undefined;
  }
  return { time: one.time, to: one.to, month: Number(month), days: [from, to], dayOfWeek: weekday };
}

const dayOfWeek = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();
