import type { CalendarSpecDescription } from '@temporalio/client';
import { type DayOfWeek, dayNames, type Month, monthNames } from './names';
import type { Timetable } from './timetable';
import { showTime } from './wallTime';

/** `at 02:30 on mon, tue`: for people. */
export function describeTimetable({ times, daysOfMonth, months, daysOfWeek }: Timetable): string {
  const shown = times.map(showTime);
  const short = (name: string | undefined) => name?.slice(0, 3).toLowerCase();
  return [
    `at ${shown.length > 6 ? `${shown.slice(0, 3).join(', ')} … ${shown.at(-1)}` : shown.join(', ')}`,
    ...(daysOfWeek.length < 7 ? [`on ${daysOfWeek.map((day) => short(dayNames[day])).join(', ')}`] : []),
    ...(daysOfMonth.length < 31 ? [`on day ${daysOfMonth.join(', ')}`] : []),
    ...(months.length < 12 ? [`in ${months.map((month) => short(monthNames[month - 1])).join(', ')}`] : []),
  ].join(' ');
}

/** The words a calendar was given when it was made; of one that was made by other means, what it says. */
export function describeCalendar(calendar: CalendarSpecDescription): string {
  if (calendar.comment) return calendar.comment;
  const { hour, minute, dayOfMonth, month, dayOfWeek } = calendar;
  return describeTimetable({
    times: valuesOf(hour).flatMap((hours) => valuesOf(minute).map((minutes) => hours * 60 + minutes)),
    daysOfMonth: valuesOf(dayOfMonth),
    months: valuesOf(indexed<Month>(month, monthNames)).map((index) => index + 1),
    daysOfWeek: valuesOf(indexed<DayOfWeek>(dayOfWeek, dayNames)),
  });
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
