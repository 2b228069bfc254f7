import { dayIn } from '@etl/pipeline/batch/timeZones';
import { batchRequest } from '../../batch/request';
import type { CreateOptions } from '../../commands/schedule/create';
import { CliError, cliExitCodes } from '../../errors';
import { etlCommand } from '../../hints';
import { nextRuns, type PlannedRun } from '../../schedule/nextRuns';
import { type NightlySettings, nightlySchedule } from '../../schedule/settings';
import { describeMoved, describeRuns } from '../../schedule/show';
import { storeSchedule } from '../../schedule/store';
import { cronTimetable, everyDay, passesMidnight, type Timetable } from '../../schedule/timetable';
import { describeTimetable } from '../../schedule/words';
import { say, withClient } from '../../withClient';

const shownRuns = 5;

export async function create(name: string, prefix: string, options: CreateOptions): Promise<void> {
  const settings = settingsOf(name, prefix, options);
  const { timetable, timeZone: zone } = settings;
  const now = new Date();
  const next = nextRuns(timetable, zone, { after: now, count: shownRuns, dayOffset: options.dayOffset });
  if (next.length === 0) {
    throw new CliError(
      `schedule ${name} would never start anything: there is no day ${describeTimetable(timetable)}`,
      'give it days that the calendar has',
      cliExitCodes.usage,
    );
  }
  const schedule = nightlySchedule(settings, dayIn(zone, now));
  const tell = (what: 'created' | 'replaced' | 'notCreated', paused: boolean) => {
    if (options.json) say(true, report(settings, what, paused, next), []);
    else if (what !== 'notCreated') say(false, {}, closing(name, what, paused));
  };
  if (!options.json) say(false, {}, opening(settings, next, describeMoved(schedule.spec)));
  if (options.dryRun) return tell('notCreated', options.paused === true);
  await withClient(async (client) => {
    const { what, paused } = await storeSchedule(client, name, schedule, options);
    tell(what, paused);
  });
}

function opening(settings: NightlySettings, next: readonly PlannedRun[], moved: readonly string[]): string[] {
  const { name, timetable, timeZone: zone, request } = settings;
  return [
    `Schedule ${name}: ${describeTimetable(timetable)}, ${zone}: ${request.prefix}`,
    ...describeRuns(next),
    ...moved.map((line) => `  ${line}`),
  ];
}

function closing(name: string, what: 'created' | 'replaced', paused: boolean): string[] {
  const state = paused ? `, and it is paused. Resume it with: ${etlCommand('schedule', 'resume', name)}` : '.';
  return [`${what === 'created' ? 'Created' : 'Replaced'}${state}`];
}

function report(settings: NightlySettings, what: string, paused: boolean, next: readonly PlannedRun[]) {
  const { name, request, timeZone: zone, overlap, catchupMs, pauseOnFailure, jitterMs } = settings;
  const times = describeTimetable(settings.timetable);
  const policies = { overlap, catchupSeconds: catchupMs / 1000, pauseOnFailure, jitterSeconds: jitterMs / 1000 };
  return { name, what, paused, times, timeZone: zone, ...policies, request, next };
}

function settingsOf(name: string, prefix: string, options: CreateOptions): NightlySettings {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    const remedy = 'use letters, digits, _ - and . (at most 100, a letter or digit first)';
    throw new CliError(`${JSON.stringify(name)} is no name of a schedule`, remedy, cliExitCodes.usage);
  }
  const { timeZone: zone, dayOffset, overlap, catchup: catchupMs, pauseOnFailure, jitter: jitterMs } = options;
  const timetable = timetableOf(options);
  if (passesMidnight(timetable, jitterMs)) {
    const remedy = 'shorten it, or give the schedule an earlier time: a start belongs to the day it is meant for';
    throw new CliError('--jitter may start a batch on the day after', remedy, cliExitCodes.usage);
  }
  return {
    name,
    request: batchRequest(prefix, options, { timeZone: zone, dayOffset }),
    ...{ timetable, timeZone: zone, overlap, catchupMs, pauseOnFailure, jitterMs },
  };
}

function timetableOf({ at, days, cron }: CreateOptions): Timetable {
  if (cron !== undefined) return cronTimetable(cron);
  if (at === undefined) {
    throw new CliError('the schedule has no time', 'give it --at 02:30 or --cron, and --time-zone', cliExitCodes.usage);
  }
  return { ...everyDay, times: [at], ...(days && { daysOfWeek: days }) };
}
