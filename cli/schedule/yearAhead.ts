import { addDays, dayIn, daysBetween } from '@etl/lib/timeZones';
import { startsOn } from '@etl/pipeline/calendar/nextRuns';
import { isDayOf, type Timetable } from '@etl/pipeline/calendar/timetable';
import { localTime, showTime } from '@etl/pipeline/calendar/wallTime';
import type { Client } from '@temporalio/client';

/** A day whose starts differ from the timetable, such as the day of a clock change. */
export interface IrregularDay {
  /** `YYYY-MM-DD` in the schedule's time zone. */
  readonly day: string;
  /** Starts that are not in the timetable, `HH:MM`. */
  readonly added: readonly string[];
  /** Times of the timetable without a start, `HH:MM`. */
  readonly missing: readonly string[];
}

export interface YearAhead {
  readonly irregularDays: readonly IrregularDay[];
  /** Whether the server starts batches at different times than planned; null for a plan that was not compared. */
  readonly serverDiffers: boolean | null;
}

/** Settings that determine when a schedule starts a batch. */
export interface Times {
  readonly timetable: Timetable;
  readonly timeZone: string;
  readonly jitterMs: number;
}

/** Loads the conversion of times, which only commands that query the server need. */
const protobufTime = (): typeof import('@temporalio/common/lib/time') => require('@temporalio/common/lib/time');

const yearOfDays = 365;
/** Maximum of times in a response. @see Temporal's `maxListMatchingTimesCount` */
const maxTimes = 1000;
const dayMs = 86_400_000;

/** Returns the planned irregular days of the year that begins tomorrow. */
export function plannedYear({ timetable, timeZone }: Times, now: Date): YearAhead {
  const days = daysOf(timeZone, now);
  return {
    irregularDays: irregularDays(timetable, timeZone, days, plannedStarts(timetable, timeZone, days)),
    serverDiffers: null,
  };
}

/** Returns the server's irregular days of the year that begins tomorrow, and compares them with the plan. */
export async function serverYear(
  client: Client,
  scheduleId: string,
  { timetable, timeZone, jitterMs }: Times,
  now: Date,
): Promise<YearAhead> {
  const days = daysOf(timeZone, now);
  const planned = plannedStarts(timetable, timeZone, days);
  const found = await serverStarts(client, scheduleId, timeZone, days);
  const isPlanned =
    found.length === planned.length &&
    found.every((at, index) => at >= (planned[index] ?? 0) && at <= (planned[index] ?? 0) + jitterMs);
  // The server's times include the jitter. For planned starts, show the times without it.
  const starts = isPlanned ? planned : found;
  return { irregularDays: irregularDays(timetable, timeZone, days, starts), serverDiffers: !isPlanned };
}

function daysOf(timeZone: string, now: Date): string[] {
  const tomorrow = dayIn(timeZone, now, 1);
  return daysBetween(tomorrow, addDays(tomorrow, yearOfDays - 1));
}

const plannedStarts = (timetable: Timetable, timeZone: string, days: readonly string[]): number[] =>
  days.flatMap((day) => startsOn(timetable, timeZone, day));

async function serverStarts(
  client: Client,
  scheduleId: string,
  timeZone: string,
  days: readonly string[],
): Promise<number[]> {
  const { namespace } = client.options;
  const { msToTs, tsToMs } = protobufTime();
  // Local days begin and end within 14 hours of those of UTC.
  const end = Date.parse(`${days.at(-1)}T00:00:00Z`) + 2 * dayMs;
  const starts: number[] = [];
  for (let after = Date.parse(`${days[0]}T00:00:00Z`) - dayMs; ; ) {
    const window = { startTime: msToTs(after), endTime: msToTs(end) };
    const { startTime } = await client.workflowService.listScheduleMatchingTimes({ namespace, scheduleId, ...window });
    const page = (startTime ?? []).map((time) => tsToMs(time));
    starts.push(...page);
    after = page.at(-1) ?? end;
    if (page.length < maxTimes) break;
  }
  return starts.filter((at) => isBetween(dayIn(timeZone, new Date(at)), days));
}

const isBetween = (day: string, days: readonly string[]) => day >= (days[0] ?? '') && day <= (days.at(-1) ?? '');

function irregularDays(
  timetable: Timetable,
  timeZone: string,
  days: readonly string[],
  starts: readonly number[],
): IrregularDay[] {
  const startsByDay = new Map<string, string[]>();
  for (const at of starts) {
    const [day = '', time = ''] = localTime(timeZone, new Date(at)).split(' ');
    startsByDay.set(day, [...(startsByDay.get(day) ?? []), time]);
  }
  const regular = timetable.times.map(showTime);
  return days.flatMap((day) => {
    const started = startsByDay.get(day) ?? [];
    const expected = isDayOf(timetable, day) ? regular : [];
    const [added, missing] = [without(started, expected), without(expected, started)];
    return added.length + missing.length > 0 ? [{ day, added, missing }] : [];
  });
}

/** Returns the elements of one list that another lacks. Repeated elements are counted. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((each) => {
    const index = left.indexOf(each);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
