import { addDays, dayIn } from '@etl/lib/timeZones';
import { isDayOf, type Timetable } from './timetable';
import { changesNear, instantsOf, localTime, startTime } from './wallTime';

export interface PlannedRun {
  /** Start in ISO 8601, in UTC. */
  readonly at: string;
  /** Local time of the start in the zone: `2026-02-08 02:30`. */
  readonly local: string;
  readonly batchDate: string;
}

/**
 * Search limit in days: the longest wait for an existing day is that for 29 February across a century year that is not
 * a leap year.
 */
const daysAhead = 8 * 366 + 1;

/**
 * Returns the first `count` starts of a timetable after an instant, with their batch dates; fewer if eight years
 * contain fewer.
 */
export function nextRuns(
  timetable: Timetable,
  timeZone: string,
  { after, count, dayOffset = 0 }: { readonly after: Date; readonly count: number; readonly dayOffset?: number },
): PlannedRun[] {
  const runs: PlannedRun[] = [];
  let day = dayIn(timeZone, after);
  for (let days = 0; days < daysAhead && runs.length < count; days++, day = addDays(day, 1)) {
    for (const instant of startsOn(timetable, timeZone, day)) {
      if (instant > after.getTime()) runs.push(plannedRun(timeZone, new Date(instant), dayOffset));
    }
  }
  return runs.slice(0, count);
}

/**
 * Returns the instants at which a timetable starts a batch on a day of a zone, in ascending milliseconds since the
 * epoch.
 */
export function startsOn(timetable: Timetable, timeZone: string, day: string): number[] {
  if (!isDayOf(timetable, day)) return [];
  const changes = changesNear(timeZone, day);
  const instants = timetable.times.flatMap((time) => instantsOf(timeZone, day, startTime(changes, day, time)));
  return [...new Set(instants)].sort((a, b) => a - b);
}

export function plannedRun(timeZone: string, at: Date, dayOffset: number): PlannedRun {
  return { at: at.toISOString(), local: localTime(timeZone, at), batchDate: dayIn(timeZone, at, dayOffset) };
}
