import { CliError } from '@etl/lib/cliError';
import { dayIn } from '@etl/lib/timeZones';
import { shownFiles } from '@etl/pipeline/batch/shownFiles';
import { nextRuns, type PlannedRun } from '@etl/pipeline/calendar/nextRuns';
import { describeTimetable } from '@etl/pipeline/calendar/words';
import { checkDataset } from '../../batch/checkDataset';
import { cliExitCodes } from '../../errors';
import { etlCommand } from '../../hints';
import { type NightlySettings, nightlySchedule } from '../../schedule/settings';
import { type ScheduleOptions, settingsOf } from '../../schedule/settingsOf';
import { describeIrregularDays, describeRuns } from '../../schedule/show';
import type { StoreOptions } from '../../schedule/store';
import { storeSchedule } from '../../schedule/store';
import { plannedYear, serverYear, type YearAhead } from '../../schedule/yearAhead';
import { printResult, withClient } from '../../withClient';

export interface CreateOptions extends ScheduleOptions, StoreOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const shownRuns = 5;

export async function create(name: string, prefix: string | undefined, options: CreateOptions): Promise<void> {
  const settings = settingsOf(name, prefix, options);
  await checkDataset(settings.request);
  const { timetable, timeZone: zone } = settings;
  const now = new Date();
  const next = nextRuns(timetable, zone, { after: now, count: shownRuns, dayOffset: options.dayOffset });
  if (next.length === 0) {
    throw new CliError(
      `schedule ${name} would never start a batch: no day matches "${describeTimetable(timetable)}"`,
      'Choose days that exist in the calendar',
      cliExitCodes.usage,
    );
  }
  const planned = plannedYear(settings, now);
  if (!options.json) printResult(false, {}, opening(settings, next, planned));
  if (options.dryRun) {
    if (options.json) printResult(true, report(settings, 'notCreated', options.paused === true, next, planned), []);
    return;
  }
  await withClient(async (client) => {
    const { what, paused } = await storeSchedule(client, name, nightlySchedule(settings, dayIn(zone, now)), options);
    // The schedule is stored, so a failed comparison is ignored.
    const year = await serverYear(client, name, settings, now).catch(() => planned);
    printResult(options.json, report(settings, what, paused, next, year), closing(name, what, paused, year));
  });
}

function opening(settings: NightlySettings, next: readonly PlannedRun[], year: YearAhead): string[] {
  const { name, timetable, timeZone: zone, request } = settings;
  return [
    `Schedule ${name}: ${describeTimetable(timetable)}, ${zone}: ${shownFiles(request)}`,
    ...describeRuns(next),
    ...describeIrregularDays(year),
  ];
}

function closing(name: string, what: 'created' | 'replaced', paused: boolean, year: YearAhead): string[] {
  const state = paused ? ` and paused. Resume it with: ${etlCommand('schedule', 'resume', name)}` : '.';
  const remedy = 'its time zone data differs from that of this Node.js. Update the older version, then use --replace';
  const compare = `Temporal did not return the start times. Check them with: ${etlCommand('schedule', 'describe', name)}`;
  return [
    `${what === 'created' ? 'Created' : 'Replaced'}${state}`,
    ...(year.serverDiffers === null ? [compare] : []),
    ...(year.serverDiffers
      ? [`Temporal starts batches at different times than planned: ${remedy}`, ...describeIrregularDays(year)]
      : []),
  ];
}

function report(
  settings: NightlySettings,
  what: string,
  paused: boolean,
  next: readonly PlannedRun[],
  year: YearAhead,
) {
  const { name, request, timeZone: zone, overlap, catchupMs, pauseOnFailure, jitterMs } = settings;
  const times = describeTimetable(settings.timetable);
  const policies = { overlap, catchupSeconds: catchupMs / 1000, pauseOnFailure, jitterSeconds: jitterMs / 1000 };
  return { name, what, paused, times, timeZone: zone, ...policies, request, next, ...year };
}
