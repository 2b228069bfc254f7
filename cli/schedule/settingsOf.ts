import { CliError } from '@etl/lib/cliError';
import { dayIn } from '@etl/lib/timeZones';
import { cronTimetable, everyDay, passesMidnight, type Timetable } from '@etl/pipeline/calendar/timetable';
import { batchRequest } from '../batch/request';
import type { RequestOptions } from '../batch/requestOptions';
import { cliExitCodes } from '../errors';
import { movedTimes } from './clockChanges';
import type { NightlySettings, Overlap } from './settings';

/** Options of a schedule. Durations are in milliseconds, `at` in minutes of the day. */
export interface ScheduleOptions extends RequestOptions {
  readonly at?: number;
  readonly days?: number[];
  readonly cron?: string;
  readonly timeZone: string;
  readonly overlap: Overlap;
  readonly catchup: number;
  readonly pauseOnFailure: boolean;
  readonly jitter: number;
  readonly dayOffset: number;
}

/**
 * Returns the settings of a schedule. Without a prefix, its batches deliver the files of the declared dataset.
 *
 * @throws {CliError} for a name, a start time, a jitter or a request that is not valid
 */
export function settingsOf(name: string, prefix: string | undefined, options: ScheduleOptions): NightlySettings {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    const remedy = 'Use up to 100 letters, digits, _ - and ., starting with a letter or digit';
    throw new CliError(`${JSON.stringify(name)} is not a valid schedule name`, remedy, cliExitCodes.usage);
  }
  const { timeZone: zone, dayOffset, overlap, catchup: catchupMs, pauseOnFailure, jitter: jitterMs } = options;
  const timetable = timetableOf(options);
  const moved = jitterMs > 0 ? movedTimes(timetable, zone, dayIn(zone, new Date())) : [];
  if (passesMidnight([...timetable.times, ...moved.map(({ to }) => to)], jitterMs)) {
    const remedy = 'Use a shorter --jitter or an earlier time, so that every start falls on its scheduled day';
    throw new CliError('--jitter may delay a start past midnight', remedy, cliExitCodes.usage);
  }
  return {
    name,
    request: batchRequest(prefix, options, { timeZone: zone, dayOffset }),
    ...{ timetable, timeZone: zone, overlap, catchupMs, pauseOnFailure, jitterMs },
  };
}

function timetableOf({ at, days, cron }: ScheduleOptions): Timetable {
  if (cron !== undefined) return cronTimetable(cron);
  if (at === undefined) {
    throw new CliError(
      'the schedule has no start time',
      'Set --at or --cron, for example --at 02:30',
      cliExitCodes.usage,
    );
  }
  return { ...everyDay, times: [at], ...(days && { daysOfWeek: days }) };
}
