import { offsetMinutes, wallClock } from '@etl/lib/timeZones';

/** Local time of day in minutes after midnight: 150 is 02:30. */
export type WallTime = number;

const minute = 60_000;
export const minutesOfDay = 24 * 60;

/** Formats a wall time: `02:30`. */
export function showTime(time: WallTime): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${twoDigits(Math.floor(time / 60))}:${twoDigits(time % 60)}`;
}

/** Formats the local time of an instant in a zone: `2026-02-08 02:30`. */
export function localTime(timeZone: string, at: Date): string {
  return new Date(wallClock(timeZone, at.getTime())).toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * Returns the instants that have a given local time on a day of a zone, in ascending milliseconds since the epoch. Most
 * days have one. A day has none or two when a clock change skips or repeats the time.
 */
export function instantsOf(timeZone: string, day: string, time: WallTime): number[] {
  const shown = Date.parse(`${day}T00:00:00Z`) + time * minute;
  const offsets = [-minutesOfDay, minutesOfDay].map((distance) => offsetMinutes(timeZone, shown + distance * minute));
  const instants = [...new Set(offsets)].map((offset) => shown - offset * minute);
  return instants.filter((instant) => wallClock(timeZone, instant) === shown).sort((a, b) => a - b);
}

/** An instant at which the UTC offset of a zone changes. */
export interface ClockChange {
  /** First instant of the new offset, in milliseconds since the epoch. */
  readonly at: number;
  /** UTC offsets in minutes, positive east of Greenwich. */
  readonly before: number;
  readonly after: number;
}

/** Search step, shorter than the interval between any two changes: Morocco's are five weeks apart. */
const stepMinutes = 14 * minutesOfDay;

/**
 * Returns the clock changes of a zone after the instant `from`, up to and including `to`, both in milliseconds since
 * the epoch.
 */
export function clockChanges(timeZone: string, from: number, to: number): ClockChange[] {
  const changes: ClockChange[] = [];
  const first = Math.floor(from / minute);
  const last = Math.floor(to / minute);
  const offsetAt = (minutes: number) => offsetMinutes(timeZone, minutes * minute);
  let before = offsetAt(first);
  for (let low = first; low < last; low += stepMinutes) {
    const high = Math.min(low + stepMinutes, last);
    const after = offsetAt(high);
    if (after === before) continue;
    const at = firstWhere(low, high, (minutes) => offsetAt(minutes) === after);
    changes.push({ at: at * minute, before, after });
    before = after;
  }
  return changes;
}

/** Bisects: `holds` is false at `low`, true at `high`, and changes once between them. */
function firstWhere(low: number, high: number, holds: (value: number) => boolean): number {
  if (high - low <= 1) return high;
  const middle = Math.floor((low + high) / 2);
  return holds(middle) ? firstWhere(low, middle, holds) : firstWhere(middle, high, holds);
}

/**
 * Returns the range of wall times that a change skips or repeats: its start, and its end (exclusive), in the form of
 * `wallClock`.
 */
function windowOf({ at, before, after }: ClockChange): [number, number] {
  return [at + Math.min(before, after) * minute, at + Math.max(before, after) * minute];
}

/**
 * Returns the calendar days on which a clock change skips or repeats times: one, or two for a change across midnight.
 */
export function daysOfChange(change: ClockChange): string[] {
  const [start, end] = windowOf(change);
  return [...new Set([start, end - minute].map((shown) => new Date(shown).toISOString().slice(0, 10)))];
}

/** Returns the clock changes that may affect a day of a zone. */
export function changesNear(timeZone: string, day: string): ClockChange[] {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const twoDays = 2 * minutesOfDay * minute;
  return clockChanges(timeZone, midnight - twoDays, midnight + twoDays);
}

/**
 * Returns the time of day at which a day's batch starts. Usually it is the scheduled time. When a clock change near the
 * day skips or repeats minutes of that hour, the start is later by the length of the change (earlier where later would
 * be the next day), in an hour that occurs exactly once that day. The whole hour counts because the server loses times
 * in a divided one.
 */
export function startTime(changes: readonly ClockChange[], day: string, time: WallTime): WallTime {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isWholeHour = (wallTime: WallTime) => {
    const hour = midnight + Math.floor(wallTime / 60) * 60 * minute;
    return changes.map(windowOf).every(([start, end]) => end <= hour || start >= hour + 60 * minute);
  };
  const shifts = changes.flatMap(({ before, after }) => {
    const length = Math.abs(after - before);
    return [length, 2 * length, -length, -2 * length];
  });
  const times = [time, ...shifts.map((minutes) => time + minutes)];
  return times.find((each) => each >= 0 && each < minutesOfDay && isWholeHour(each)) ?? time;
}
