import { addDays, dayIn } from '@etl/pipeline/batch/timeZones';
import { isDayOf, type Timetable } from './timetable';
import { instantsOf, unambiguous } from './wallTime';

export interface PlannedRun {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** What the clocks of the zone show then: `2026-02-08 02:30`. */
  readonly local: string;
  readonly batchDate: string;
}

/** Nothing comes twice in so many days that has not come once: 29 February, where a century has none. */
const daysAhead = 8 * 366 + 1;

/** The next times of a timetable after an instant, with the day that each batch is of. Fewer when there are no more in eight years. */
export function nextRuns(
  timetable: Timetable,
  timeZone: string,
  { after, count, dayOffset = 0 }: { readonly after: Date; readonly count: number; readonly dayOffset?: number },
): PlannedRun[] {
  const runs: PlannedRun[] = [];
  let day = dayIn(timeZone, after);
  for (let days = 0; days < daysAhead && runs.length < count; days++, day = addDays(day, 1)) {
    if (!isDayOf(timetable, day)) continue;
    const today = new Set(
      timetable.times.flatMap((time) => instantsOf(timeZone, day, unambiguous(timeZone, day, time))),
    );
    for (const instant of [...today].sort((a, b) => a - b)) {
      if (instant > after.getTime()) runs.push(plannedRun(timeZone, new Date(instant), dayOffset));
    }
  }
  return runs.slice(0, count);
}

export function plannedRun(timeZone: string, at: Date, dayOffset: number): PlannedRun {
  return { at: at.toISOString(), local: localTime(timeZone, at), batchDate: dayIn(timeZone, at, dayOffset) };
}

/** `2026-02-08 02:30` as the clocks of a zone show it. */
export function localTime(timeZone: string, at: Date): string {
  const time = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' });
  return `${dayIn(timeZone, at)} ${time.format(at)}`;
}
