import { addDays, daysBetween } from '@etl/pipeline/batch/timeZones';

/** What a clock on the wall shows, in minutes after midnight: 150 is 02:30. */
export type WallTime = number;

const minute = 60_000;
export const minutesOfDay = 24 * 60;

/** `02:30`. */
export function showTime(time: WallTime): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${twoDigits(Math.floor(time / 60))}:${twoDigits(time % 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...fields });
  formats.set(timeZone, format);
  return format;
}

/** Milliseconds since the epoch of what the clocks of a zone show at an instant, as if it were UTC; whole minutes. */
function shownAt(timeZone: string, instant: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minutes);
}

/** Minutes that a zone is ahead of UTC at an instant. */
export function offsetMinutes(timeZone: string, instant: number): number {
  return (shownAt(timeZone, instant) - Math.floor(instant / minute) * minute) / minute;
}

/** When clocks of a zone show this time on this day: once on most days, never or twice where they are changed. */
export function instantsOf(timeZone: string, day: string, time: WallTime): number[] {
  const shown = Date.parse(`${day}T00:00:00Z`) + time * minute;
  const offsets = [-minutesOfDay, minutesOfDay].map((away) => offsetMinutes(timeZone, shown + away * minute));
  const instants = [...new Set(offsets)].map((offset) => shown - offset * minute);
  return instants.filter((instant) => shownAt(timeZone, instant) === shown).sort((a, b) => a - b);
}

/** Days of a zone, from one to another, beside or on which its clocks are put forward or back. */
export function daysNearClockChanges(timeZone: string, from: string, to: string): string[] {
  const offsetAt = (day: string) => offsetMinutes(timeZone, Date.parse(`${day}T00:00:00Z`));
  const days = daysBetween(from, to).filter((day) => offsetAt(day) !== offsetAt(addDays(day, 1)));
  // A day of UTC lies on two days of any other zone.
  const near = days.flatMap((day) => [addDays(day, -1), day, addDays(day, 1)]);
  return [...new Set(near)].filter((day) => day >= from && day <= to).sort();
}

/**
 * A time of day that each day has exactly once: the same one, or, where a change of clocks leaves it out or repeats it, the
 * one that is later by the length of the change (earlier where it would be a time of the next day).
 */
export function unambiguous(timeZone: string, day: string, time: WallTime): WallTime {
  if (instantsOf(timeZone, day, time).length === 1) return time;
  const noon = Date.parse(`${day}T12:00:00Z`);
  const away = 36 * 60 * minute;
  const length = Math.abs(offsetMinutes(timeZone, noon + away) - offsetMinutes(timeZone, noon - away)) || 60;
  for (const moved of [time + length, time - length, time + 2 * length, time - 2 * length]) {
    if (moved >= 0 && moved < minutesOfDay && instantsOf(timeZone, day, moved).length === 1) return moved;
  }
  return time;
}
