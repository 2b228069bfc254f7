import { showDuration } from '@etl/pipeline/calendar/durations';
import { type DayOfWeek, dayNames, type Month, monthNames } from '@etl/pipeline/calendar/names';
import { everyDay, type Timetable } from '@etl/pipeline/calendar/timetable';
import { minutesOfDay, type WallTime } from '@etl/pipeline/calendar/wallTime';
import { describeTimetable } from '@etl/pipeline/calendar/words';
import type { CalendarSpecDescription, ScheduleSpecDescription } from '@temporalio/client';

/**
 * Returns the timetable of a spec that `etl schedule create` generated; undefined for a spec of another origin. Earlier
 * versions stored the days of the week in the calendars instead of in `skip`.
 */
export function timetableOf({ calendars = [], skip = [] }: ScheduleSpecDescription): Timetable | undefined {
  const parts = calendars.filter(isRegular).map(timetableOfCalendar);
  const [first] = parts;
  if (!first) return undefined;
  const skippedDays = skip.map(timetableOfCalendar).flatMap(({ times, ...days }) => (isWholeDay(times) ? [days] : []));
  const isKept = (day: number) => !skippedDays.some(({ daysOfWeek }) => isSome(daysOfWeek) && daysOfWeek.includes(day));
  const timetable = {
    ...first,
    times: parts.flatMap(({ times }) => times).sort((a, b) => a - b),
    daysOfWeek: first.daysOfWeek.filter(isKept),
  };
  const comment = describeTimetable(timetable);
  return calendars.filter(isRegular).every((calendar) => calendar.comment === comment) ? timetable : undefined;
}

const isWholeDay = (times: readonly WallTime[]) => times.length === minutesOfDay;
const isSome = (daysOfWeek: readonly number[]) => daysOfWeek.length < everyDay.daysOfWeek.length;

/** Describes the times of a spec: the comment of each calendar or, without a comment, what the calendar matches. */
export function describeTimes({ calendars = [], intervals = [] }: ScheduleSpecDescription): string[] {
  const matched = calendars
    .filter(isRegular)
    .map((calendar) => calendar.comment || describeTimetable(timetableOfCalendar(calendar)));
  return [...new Set([...matched, ...intervals.map(({ every }) => `every ${showDuration(every)}`)])];
}

/**
 * Irregular calendars replace a time on the days of clock changes. Earlier versions named them `the clocks are changed:
 * …`.
 */
const isRegular = ({ comment }: CalendarSpecDescription) => !comment?.includes(' instead of ');

function timetableOfCalendar({ hour, minute, dayOfMonth, month, dayOfWeek }: CalendarSpecDescription): Timetable {
  return {
    times: valuesOf(hour).flatMap((hours) => valuesOf(minute).map((minutes) => hours * 60 + minutes)),
    daysOfMonth: valuesOf(dayOfMonth),
    months: valuesOf(indexed<Month>(month, monthNames)).map((index) => index + 1),
    daysOfWeek: valuesOf(indexed<DayOfWeek>(dayOfWeek, dayNames)),
  };
}

interface Range<T> {
  readonly start: T;
  readonly end: T;
  readonly step: number;
}

const indexed = <T>(ranges: readonly Range<T>[], names: readonly T[]): Range<number>[] =>
  ranges.map(({ start, end, step }) => ({ start: names.indexOf(start), end: names.indexOf(end), step }));

function valuesOf(ranges: readonly Range<number>[]): number[] {
  return ranges.flatMap(({ start, end, step }) =>
    Array.from(
      { length: Math.floor((Math.max(end, start) - start) / (step || 1)) + 1 },
      (_, index) => start + index * (step || 1),
    ),
  );
}
