import { everyDay, type Timetable } from '@etl/pipeline/calendar/timetable';
import { minutesOfDay, showTime, type WallTime } from '@etl/pipeline/calendar/wallTime';
import { describeTimetable } from '@etl/pipeline/calendar/words';
import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { atTime, atTimes, dayName, monthName, rangesOf } from './calendars';
import { type Moved, movedTimes } from './clockChanges';

/**
 * Returns a spec by which Temporal starts each time once on each of its days, starting with the year of the day `from`.
 *
 * The server compares an instant with a `skip` calendar exactly, but searches a calendar's next instant hour by hour in
 * local time. Near a clock change, that search finds instants that have a different local time, and it misses days of
 * the week that begin without a midnight. Therefore `calendars` only propose instants, on every day of the week, and
 * `skip` removes each instant that is not in the timetable.
 */
export function scheduleSpec(timetable: Timetable, timeZone: string, from: string, jitterMs: number): ScheduleSpec {
  const { times } = timetable;
  const moved = movedTimes(timetable, timeZone, from);
  const added = moved.filter(({ to }) => !times.includes(to));
  return {
    timezone: timeZone,
    calendars: [...regular(timetable), ...added.map(replacement)],
    skip: [
      ...otherTimes([...times, ...added.map(({ to }) => to)]),
      ...otherDays(timetable),
      ...moved.map(replaced),
      ...added.flatMap(replacementOnOtherDays),
    ],
    jitter: jitterMs,
  };
}

function regular(timetable: Timetable): CalendarSpec[] {
  const { times, daysOfMonth, months } = timetable;
  return atTimes(times).map((at) => ({
    ...at,
    ...(daysOfMonth.length < everyDay.daysOfMonth.length && { dayOfMonth: [...daysOfMonth] }),
    ...(months.length < everyDay.months.length && { month: months.map(monthName) }),
    comment: describeTimetable(timetable),
  }));
}

function replacement(moved: Moved): CalendarSpec {
  const { time, to } = moved;
  return { ...atTime(to), ...datesOf(moved), comment: `clock change: ${showTime(to)} instead of ${showTime(time)}` };
}

function replaced(moved: Moved): CalendarSpec {
  const weekday = moved.dayOfWeek === undefined ? {} : { dayOfWeek: dayName(moved.dayOfWeek) };
  return { ...atTime(moved.time), ...datesOf(moved), ...weekday, comment: 'clock change' };
}

function replacementOnOtherDays(moved: Moved): CalendarSpec[] {
  const { dayOfWeek, to } = moved;
  if (dayOfWeek === undefined) return [];
  const others = without(everyDay.daysOfWeek, [dayOfWeek]).map(dayName);
  return [{ ...atTime(to), ...datesOf(moved), dayOfWeek: others, comment: 'no clock change' }];
}

const datesOf = ({ year, month, days: [start, end] }: Moved): CalendarSpec => ({
  ...(year !== undefined && { year }),
  month: monthName(month),
  dayOfMonth: { start, end },
});

function otherTimes(times: readonly WallTime[]): CalendarSpec[] {
  const all = Array.from({ length: minutesOfDay }, (_, time) => time);
  return atTimes(without(all, times)).map((at) => ({ ...at, comment: 'other times' }));
}

function otherDays({ daysOfMonth, months, daysOfWeek }: Timetable): CalendarSpec[] {
  const days: CalendarSpec[] = [
    { dayOfMonth: rangesOf(without(everyDay.daysOfMonth, daysOfMonth)) },
    { month: without(everyDay.months, months).map(monthName) },
    { dayOfWeek: without(everyDay.daysOfWeek, daysOfWeek).map(dayName) },
  ];
  return days
    .filter((each) => Object.values(each).flat().length > 0)
    .map((each) => ({ hour: { start: 0, end: 23 }, minute: { start: 0, end: 59 }, ...each, comment: 'other days' }));
}

const without = (all: readonly number[], some: readonly number[]) => all.filter((value) => !some.includes(value));
