import { addDays, daysBetween } from '@etl/lib/timeZones';
import type { Declaration } from '../dataset/declaration';
import { type DeclaredSchedule, deadlineMinutes } from '../dataset/schedule';
import { defaultCatchupMs, duration } from './durations';
import { startsOn } from './nextRuns';
import { cronTimetable, daysOfWeek, everyDay, type Timetable, timeOfDay } from './timetable';
import { instantsOf, minutesOfDay } from './wallTime';

/** A batch that a declared schedule should deliver. Times are in milliseconds since the epoch. */
export interface ExpectedBatch {
  readonly dataset: string;
  readonly batchDate: string;
  /** First scheduled start of the batch date. A cron expression may have several starts on a day. */
  readonly startsAt: number;
  /** From this time on, a batch without a run counts as not started. */
  readonly dueAt: number;
  /** Until this time, Temporal catches up on the start if the server was not available. */
  readonly catchUpUntil: number;
  /** Absent without `schedule.deadline`. */
  readonly deadlineAt?: number;
  /** Minimum number of files of the batch. */
  readonly minFiles: number;
}

export interface Scheduled {
  readonly name: string;
  readonly declaration: Pick<Declaration, 'schedule'>;
}

const minute = 60_000;

/** Time in minutes that a start may take beyond its jitter before the batch counts as not started. */
export const startGraceMinutes = 5;

/**
 * Returns the timetable of a declared schedule.
 *
 * @throws {CliError} for a time, a day or a cron expression that is not valid
 */
export function declaredTimetable({ at = '', days, cron }: DeclaredSchedule): Timetable {
  if (cron !== undefined) return cronTimetable(cron);
  return { ...everyDay, times: [timeOfDay(at)], ...(days !== undefined && { daysOfWeek: daysOfWeek(days) }) };
}

/**
 * Returns the batches that a dataset's schedule should deliver, by batch date, both ends included. Without a schedule:
 * none.
 *
 * @throws {CliError} for a schedule that is not valid
 */
export function expectedBatches({ name, declaration }: Scheduled, from: string, to: string): ExpectedBatch[] {
  const { schedule } = declaration;
  if (!schedule) return [];
  const timetable = declaredTimetable(schedule);
  return daysBetween(from, to).flatMap((batchDate) => expectedOn(name, schedule, timetable, batchDate) ?? []);
}

function expectedOn(
  dataset: string,
  schedule: DeclaredSchedule,
  timetable: Timetable,
  batchDate: string,
): ExpectedBatch | undefined {
  const { timeZone = 'UTC', dayOffset = 0, jitter, catchup, minFiles = 1 } = schedule;
  const day = addDays(batchDate, -dayOffset);
  const [startsAt] = startsOn(timetable, timeZone, day);
  if (startsAt === undefined) return undefined;
  const jitterMs = jitter === undefined ? 0 : duration(jitter);
  const deadlineAt = deadlineOf(schedule, timeZone, day, startsAt);
  return {
    dataset,
    batchDate,
    startsAt,
    dueAt: startsAt + jitterMs + startGraceMinutes * minute,
    catchUpUntil: startsAt + (catchup === undefined ? defaultCatchupMs : duration(catchup)),
    ...(deadlineAt !== undefined && { deadlineAt }),
    minFiles,
  };
}

/**
 * Returns the first instant after the start that shows the deadline's time of day; the last one of a repeated time. If a
 * clock change skips the time, or has moved the start past it, the deadline is as long after the start as on other days.
 */
function deadlineOf(schedule: DeclaredSchedule, timeZone: string, day: string, startsAt: number): number | undefined {
  const minutes = deadlineMinutes(schedule);
  if (minutes === undefined || schedule.deadline === undefined || schedule.at === undefined) return undefined;
  const [at, deadline] = [timeOfDay(schedule.at), timeOfDay(schedule.deadline)];
  const deadlineDay = deadline > at ? day : addDays(day, 1);
  const shown = instantsOf(timeZone, deadlineDay, deadline).at(-1);
  return shown !== undefined && shown > startsAt ? shown : startsAt + minutes * minute;
}

/** Length of a night in hours: a day, and the hours of a clock change. */
const nightHours = 26;

/**
 * Returns the batch of a dataset that an operator looks at: the latest one that has started in the last 26 hours, else
 * the next one of the coming day.
 *
 * @throws {CliError} for a schedule that is not valid
 */
export function tonight(dataset: Scheduled, now: number): ExpectedBatch | undefined {
  const { dayOffset = 0 } = dataset.declaration.schedule ?? {};
  // Local days begin and end within 14 hours of those of UTC.
  const today = addDays(new Date(now).toISOString().slice(0, 10), dayOffset);
  const near = expectedBatches(dataset, addDays(today, -3), addDays(today, 3));
  const begun = near.filter(({ startsAt }) => startsAt <= now && startsAt > now - nightHours * 60 * minute);
  return begun.at(-1) ?? near.find(({ startsAt }) => startsAt > now && startsAt <= now + minutesOfDay * minute);
}
