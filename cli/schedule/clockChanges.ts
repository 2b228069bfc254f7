import { addDays } from '@etl/pipeline/batch/timeZones';
import { isDayOf, type Timetable } from './timetable';
import { daysNearClockChanges, instantsOf, unambiguous, type WallTime } from './wallTime';

/** Days on which a time of a timetable is left out or comes twice, and the time that is taken instead. */
export interface Moved {
  readonly time: WallTime;
  readonly to: WallTime;
  /** Of every year when it is absent. */
  readonly year?: number;
  readonly month: number;
  /** First and last day of the month. */
  readonly days: readonly [number, number];
  /** Absent: any. */
  readonly dayOfWeek?: number;
}

interface Exception {
  readonly time: WallTime;
  readonly to: WallTime;
  readonly day: string;
}

/** After so many years the days of the week are the same again: a rule that held for them goes on. */
const cycleYears = 28;
/** Zones whose clocks follow no yearly rule are told day by day: so far ahead. */
const yearsAhead = 10;

/**
 * What has to be moved, from the year of `from` on: by yearly rules where the zone has them ("the last Sunday of March"), else
 * day by day for ten years.
 */
export function movedTimes(timetable: Timetable, timeZone: string, from: string): Moved[] {
  const year = Number(from.slice(0, 4));
  const [first, last] = [`${year}-01-01`, `${year + cycleYears}-12-31`];
  const exceptions = exceptionsOf(timetable, timeZone, first, last);
  const rules = [...groupsOf(exceptions).values()].map((group) => ruleOf(group, timetable, first, last));
  if (rules.every((rule) => rule !== undefined)) return rules;
  const near = exceptions.filter(({ day }) => Number(day.slice(0, 4)) < year + yearsAhead);
  return near.map(({ day, ...times }) => {
    const [y = 0, month = 0, d = 0] = day.split('-').map(Number);
    return { ...times, year: y, month, days: [d, d] };
  });
}

function exceptionsOf(timetable: Timetable, timeZone: string, first: string, last: string): Exception[] {
  return daysNearClockChanges(timeZone, first, last)
    .filter((day) => isDayOf(timetable, day))
    .flatMap((day) =>
      timetable.times
        .filter((time) => instantsOf(timeZone, day, time).length !== 1)
        .map((time) => ({ day, time, to: unambiguous(timeZone, day, time) })),
    );
}

function groupsOf(exceptions: readonly Exception[]): Map<string, Exception[]> {
  const groups = new Map<string, Exception[]>();
  for (const exception of exceptions) {
    const key = `${exception.time} ${exception.to} ${exception.day.slice(5, 7)} ${dayOfWeek(exception.day)}`;
    groups.set(key, [...(groups.get(key) ?? []), exception]);
  }
  return groups;
}

/** The yearly rule that gives exactly these days; undefined when there is none. */
function ruleOf(group: readonly Exception[], timetable: Timetable, first: string, last: string): Moved | undefined {
  const [one] = group;
  if (!one) return undefined;
  const days = group.map(({ day }) => Number(day.slice(8)));
  const rule: Moved = {
    time: one.time,
    to: one.to,
    month: Number(one.day.slice(5, 7)),
    days: [Math.min(...days), Math.max(...days)],
    dayOfWeek: dayOfWeek(one.day),
  };
  const found = new Set(group.map(({ day }) => day));
  for (let day = first; day <= last; day = addDays(day, 1)) {
    if (isDayOf(timetable, day) && matches(rule, day) !== found.has(day)) return undefined;
  }
  return rule;
}

function matches({ month, days, dayOfWeek: weekday }: Moved, day: string): boolean {
  const dayOfMonth = Number(day.slice(8));
  return (
    Number(day.slice(5, 7)) === month &&
    dayOfMonth >= days[0] &&
    dayOfMonth <= days[1] &&
    (weekday === undefined || dayOfWeek(day) === weekday)
  );
}

const dayOfWeek = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();
