import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { type Moved, movedTimes } from './clockChanges';
import { dayNames, monthNames } from './names';
import { everyDay, type Timetable } from './timetable';
import { showTime, type WallTime } from './wallTime';
import { describeTimetable } from './words';

/**
 * What Temporal is told, so that each time comes once on each of its days. Left to itself the server takes a time that the
 * clocks leave out or repeat never, once or twice, by the zone.
 */
export function scheduleSpec(timetable: Timetable, timeZone: string, from: string, jitterMs: number): ScheduleSpec {
  const moved = movedTimes(timetable, timeZone, from);
  return {
    timezone: timeZone,
    calendars: [...mainCalendars(timetable), ...moved.map((each) => movedCalendar(each, each.to))],
    skip: moved.map((each) => movedCalendar(each, each.time)),
    jitter: jitterMs,
  };
}

function mainCalendars({ times, ...days }: Timetable): CalendarSpec[] {
  const minutesByHour = new Map<number, number[]>();
  for (const time of times) {
    const hour = Math.floor(time / 60);
    minutesByHour.set(hour, [...(minutesByHour.get(hour) ?? []), time % 60]);
  }
  const hoursByMinutes = new Map<string, number[]>();
  for (const [hour, minutes] of minutesByHour) {
    hoursByMinutes.set(minutes.join(), [...(hoursByMinutes.get(minutes.join()) ?? []), hour]);
  }
  return [...hoursByMinutes].map(([minutes, hour]) => ({
    hour,
    minute: minutes.split(',').map(Number),
    ...daysOf(days),
    comment: describeTimetable({ times, ...days }),
  }));
}

/** What is not restricted is left out: it stands for all. */
function daysOf({ daysOfMonth, months, daysOfWeek }: Omit<Timetable, 'times'>): CalendarSpec {
  return {
    ...(daysOfMonth.length < everyDay.daysOfMonth.length && { dayOfMonth: [...daysOfMonth] }),
    ...(months.length < everyDay.months.length && { month: months.map(monthName) }),
    ...(daysOfWeek.length < everyDay.daysOfWeek.length && { dayOfWeek: daysOfWeek.map(dayName) }),
  };
}

function movedCalendar({ year, month, days: [start, end], dayOfWeek, time, to }: Moved, at: WallTime): CalendarSpec {
  return {
    hour: Math.floor(at / 60),
    minute: at % 60,
    ...(year !== undefined && { year }),
    month: monthName(month),
    dayOfMonth: { start, end },
    ...(dayOfWeek !== undefined && { dayOfWeek: dayName(dayOfWeek) }),
    comment: `the clocks are changed: ${showTime(to)} instead of ${showTime(time)}`,
  };
}

const monthName = (month: number) => monthNames[month - 1] ?? 'JANUARY';
const dayName = (day: number) => dayNames[day] ?? 'SUNDAY';
