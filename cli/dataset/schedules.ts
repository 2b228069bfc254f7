import { canonicalJson } from '@etl/lib/canonicalJson';
import { CliError } from '@etl/lib/cliError';
import { dayIn } from '@etl/lib/timeZones';
import { duration, showDuration } from '@etl/pipeline/calendar/durations';
import { daysOfWeek, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { describeTimetable } from '@etl/pipeline/calendar/words';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { workflowTypes } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';
import { etlCommand } from '../hints';
import { timetableOf } from '../schedule/readSpec';
import { scheduleReport } from '../schedule/report';
import { type NightlySettings, nightlySchedule, scheduleDefaults } from '../schedule/settings';
import { settingsOf } from '../schedule/settingsOf';
import { timeZone } from '../schedule/zoneName';
import { shownPath } from './read';

/** Memo of a schedule that a declaration created: the name of the dataset. Only such schedules are changed. */
export const datasetMemo = 'etlDataset';

/** A difference between the declared schedules and those of the server. */
export interface ScheduleChange {
  readonly name: string;
  /**
   * `foreign`: a schedule of this name exists that no declaration created. `orphan`: a declaration created it, but its
   * dataset is not declared here.
   */
  readonly action: 'create' | 'update' | 'delete' | 'unchanged' | 'foreign' | 'orphan';
  /** One line for each difference. */
  readonly differences: readonly string[];
}

/**
 * Returns the settings of a declared schedule.
 *
 * @throws {CliError} if the schedule is not valid
 */
export function declaredSettings({ name, file, declaration }: Dataset): NightlySettings | undefined {
  const { schedule } = declaration;
  if (schedule === undefined) return undefined;
  const { at, days, cron, catchup, jitter } = schedule;
  try {
    return settingsOf(name, undefined, {
      dataset: name,
      ...(at !== undefined && { at: timeOfDay(at) }),
      ...(days !== undefined && { days: daysOfWeek(days) }),
      ...(cron !== undefined && { cron }),
      timeZone: timeZone(schedule.timeZone ?? scheduleDefaults.timeZone),
      dayOffset: schedule.dayOffset ?? 0,
      overlap: schedule.overlap ?? scheduleDefaults.overlap,
      catchup: catchup === undefined ? scheduleDefaults.catchupMs : duration(catchup),
      jitter: jitter === undefined ? scheduleDefaults.jitterMs : duration(jitter),
      pauseOnFailure: schedule.pauseOnFailure ?? scheduleDefaults.pauseOnFailure,
    });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const message = `${shownPath(file)}: schedule: ${withKeys(error.message)}`;
    throw new CliError(message, withKeys(error.remedy), error.exitCode, { cause: error });
  }
}

/** Replaces the options of `etl schedule create` that a message names with the keys of a declaration. */
const withKeys = (text: string): string => text.replace(/(?<!\S)--(?=[a-z])/g, '');

/**
 * Compares the declared schedules with those of the server.
 *
 * @param others what happens to schedules of datasets that are not declared here: another repository may declare them
 */
export async function compareSchedules(
  client: Client,
  datasets: readonly Dataset[],
  others: 'ignore' | 'name' | 'delete',
): Promise<ScheduleChange[]> {
  const changes: ScheduleChange[] = [];
  const names = new Set(datasets.map(({ name }) => name));
  for (const dataset of datasets) {
    const settings = declaredSettings(dataset);
    const change = await compareOne(client, dataset.name, settings);
    if (change) changes.push(change);
  }
  if (others === 'ignore') return changes;
  for await (const { scheduleId, memo } of client.schedule.list()) {
    if (memo?.[datasetMemo] === undefined || names.has(scheduleId)) continue;
    const action = others === 'delete' ? 'delete' : 'orphan';
    changes.push({ name: scheduleId, action, differences: ['its dataset is not declared in this folder'] });
  }
  return changes;
}

async function compareOne(
  client: Client,
  name: string,
  settings: NightlySettings | undefined,
): Promise<ScheduleChange | undefined> {
  const description = await client.schedule
    .getHandle(name)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof temporalClient().ScheduleNotFoundError) return undefined;
      throw error;
    });
  if (!description) {
    return settings && { name, action: 'create', differences: describeSettings(settings) };
  }
  const isOurs = description.memo?.[datasetMemo] === name;
  if (!isOurs) {
    const remedy = `delete it with ${etlCommand('schedule', 'delete', name)}, then apply again`;
    return settings && { name, action: 'foreign', differences: [`no declaration created it: ${remedy}`] };
  }
  if (!settings) return { name, action: 'delete', differences: ['the dataset no longer declares a schedule'] };
  const isBatch = description.action.workflowType === workflowTypes.nightlyBatch;
  const report = scheduleReport(description);
  const timetable = timetableOf(description.spec);
  const before: Facts = {
    times: timetable ? describeTimetable(timetable) : 'other times',
    timeZone: report.timeZone,
    overlap: report.overlap,
    catchup: showDuration(report.catchupSeconds * 1000),
    jitter: showDuration(report.jitterSeconds * 1000),
    pauseOnFailure: String(report.pauseOnFailure),
    request: isBatch ? canonicalJson(description.action.args?.[0] ?? null) : description.action.workflowType,
  };
  const differences = differencesOf(before, factsOf(settings));
  return { name, action: differences.length > 0 ? 'update' : 'unchanged', differences };
}

type Facts = Readonly<Record<string, string>>;

function factsOf({
  timetable,
  timeZone: zone,
  overlap,
  catchupMs,
  jitterMs,
  pauseOnFailure,
  request,
}: NightlySettings): Facts {
  return {
    times: describeTimetable(timetable),
    timeZone: zone,
    overlap,
    catchup: showDuration(catchupMs),
    jitter: showDuration(jitterMs),
    pauseOnFailure: String(pauseOnFailure),
    request: canonicalJson(request),
  };
}

function differencesOf(before: Facts, after: Facts): string[] {
  return Object.keys(after).flatMap((key) =>
    before[key] === after[key] ? [] : [`${key}: ${before[key]} becomes ${after[key]}`],
  );
}

function describeSettings(settings: NightlySettings): string[] {
  const { times, timeZone: zone, request } = factsOf(settings);
  return [`${times}, ${zone}: ${request}`];
}

/** Makes one change on the server. A paused schedule stays paused. */
export async function applyChange(
  client: Client,
  { name, action }: ScheduleChange,
  dataset: Dataset | undefined,
): Promise<void> {
  const handle = client.schedule.getHandle(name);
  if (action === 'delete') return handle.delete();
  const settings = dataset && declaredSettings(dataset);
  if (!settings || (action !== 'create' && action !== 'update')) return;
  const schedule = nightlySchedule(settings, dayIn(settings.timeZone, new Date()));
  if (action === 'update') return handle.update(({ state }) => ({ ...schedule, state }));
  await client.schedule.create({ scheduleId: name, ...schedule, memo: { [datasetMemo]: name } });
}
