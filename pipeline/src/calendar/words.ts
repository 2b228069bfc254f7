import { dayNames, monthNames } from './names';
import type { Timetable } from './timetable';
import { showTime } from './wallTime';

/** Formats a timetable: `at 02:30 on mon, tue`. */
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
