import { dayIn, isTimeZone } from '@etl/pipeline/batch/timeZones';
import { Command, Option } from 'commander';
import { batchRequest, prefixArgument, type RequestOptions, withRequestOptions } from '../../batch/requestOptions';
import { CliError, cliExitCodes } from '../../errors';
import { duration } from '../../schedule/durations';
import { nextRuns, type PlannedRun } from '../../schedule/nextRuns';
import {
  minCatchupMs,
  type NightlySettings,
  nightlySchedule,
  type Overlap,
  overlapPolicies,
  scheduleDefaults,
} from '../../schedule/settings';
import { describeMoved, describeRuns } from '../../schedule/show';
import { type StoreOptions, storeSchedule } from '../../schedule/store';
import {
  cronTimetable,
  daysOfWeek,
  everyDay,
  passesMidnight,
  type Timetable,
  timeOfDay,
} from '../../schedule/timetable';
import { describeTimetable } from '../../schedule/words';
import { say, withClient } from '../../withClient';

interface CreateOptions extends RequestOptions, StoreOptions {
  readonly at?: number;
  readonly days?: number[];
  readonly cron?: string;
  readonly timeZone: string;
  readonly overlap: Overlap;
  readonly catchup: number;
  readonly pauseOnFailure: boolean;
  readonly jitter: number;
  readonly dayOffset: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const shownRuns = 5;

export function createCommand(): Command {
  const command = new Command('create')
    .description('have a batch started at certain times')
    .argument('<name>', 'name of the schedule, which is its ID in Temporal too')
    .addArgument(prefixArgument())
    .option('--at <HH:MM>', 'time of day', timeOfDay)
    .option('--days <days>', 'days of the week: mon-fri, or sat,sun (default: every day)', daysOfWeek)
    .addOption(new Option('--cron <expression>', 'instead: five fields, as 30 2 * * 1-5').conflicts(['at', 'days']))
    .option('--time-zone <name>', 'of these times and of the batch date', timeZone, scheduleDefaults.timeZone)
    .option(
      '--day-offset <days>',
      'batch date: so many days from the day of the time, -1 for the day before',
      wholeNumber,
      0,
    )
    .addOption(
      new Option('--overlap <policy>', 'when a batch is still running at the next time')
        .choices(Object.keys(overlapPolicies))
        .default(scheduleDefaults.overlap),
    )
    .addOption(
      new Option('--catchup <length>', 'a time that Temporal missed is made up for within this')
        .argParser(catchup)
        .default(scheduleDefaults.catchupMs, '24h'),
    )
    .option('--pause-on-failure', 'pause the schedule when a batch fails', scheduleDefaults.pauseOnFailure)
    .addOption(
      new Option('--jitter <length>', 'start each batch by a random length up to this later')
        .argParser(duration)
        .default(scheduleDefaults.jitterMs, '0s'),
    )
    .option('--paused', 'create it paused')
    .option('--note <text>', 'what people should know about it')
    .option('--replace', 'change the schedule of this name, if there is one')
    .option('--dry-run', 'show what would be created, and create nothing')
    .option('--json', 'print one JSON object');
  return withRequestOptions(command).action(create);
}

async function create(name: string, prefix: string, options: CreateOptions): Promise<void> {
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
  const state = paused ? `, and it is paused: etl schedule resume ${name}` : '';
  return [`${what === 'created' ? 'Created' : 'Replaced'}${state}.`];
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

function timeZone(text: string): string {
  if (isTimeZone(text)) return text;
  const remedy = 'write a name of the IANA database, as Europe/Madrid';
  throw new CliError(`--time-zone ${text} is no time zone`, remedy, cliExitCodes.usage);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value)) return value;
  throw new CliError(`${text} is no whole number`, 'write it in digits, e.g. -1', cliExitCodes.usage);
}

function catchup(text: string): number {
  const value = duration(text);
  if (value >= minCatchupMs) return value;
  throw new CliError(`--catchup ${text} is too short`, 'Temporal takes 10s and more', cliExitCodes.usage);
}
