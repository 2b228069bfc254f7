import { type DayOfWeek, dayNames, type Month, monthNames } from '@etl/pipeline/calendar/names';
import type { WallTime } from '@etl/pipeline/calendar/wallTime';
import type { CalendarSpec } from '@temporalio/client';

const hourOf = (time: WallTime) => Math.floor(time / 60);
/** Returns the calendar of one time on every day. */
export const atTime = (time: WallTime): CalendarSpec => ({ hour: hourOf(time), minute: time % 60 });

/** Returns the fewest calendars for these times on every day: hours with the same minutes share one. */
export function atTimes(times: readonly WallTime[]): CalendarSpec[] {
  const minutesByHour = new Map<number, number[]>();
  for (const time of times) {
    const hour = hourOf(time);
    minutesByHour.set(hour, [...(minutesByHour.get(hour) ?? []), time % 60]);
  }
  const hoursByMinutes = new Map<string, number[]>();
  for (const [hour, minutes] of minutesByHour) {
    hoursByMinutes.set(minutes.join(), [...(hoursByMinutes.get(minutes.join()) ?? []), hour]);
  }
  return [...hoursByMinutes].map(([minutes, hours]) => ({
    hour: rangesOf(hours),
    minute: rangesOf(minutes.split(',').map(Number)),
  }));
}

/** Returns the ranges of consecutive numbers in an ascending list. */
export function rangesOf(values: readonly number[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const value of values) {
    const last = ranges.at(-1);
    if (last?.end === value - 1) last.end = value;
    else ranges.push({ start: value, end: value });
  }
  return ranges;
}

/** Returns Temporal's name of a month from 1 to 12. */
export const monthName = (month: number): Month => monthNames[month - 1] ?? 'JANUARY';
/** Returns Temporal's name of a day of the week from 0 (Sunday) to 6. */
export const dayName = (day: number): DayOfWeek => dayNames[day] ?? 'SUNDAY';
