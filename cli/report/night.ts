import { CliError } from '@etl/lib/cliError';
import { addDays, daysBetween } from '@etl/lib/timeZones';
import { type Cell, cellOf, waitsForStart } from '@etl/pipeline/calendar/cell';
import { type ExpectedBatch, expectedBatches } from '@etl/pipeline/calendar/expected';
import { batchArgs } from '@etl/pipeline/calendar/lateAlert';
import { type BatchDay, RunsByDay } from '@etl/pipeline/calendar/runsOfDay';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { workflowTypes } from '@etl/pipeline/definition';
import type { Batch } from '@etl/pipeline/layout';
import { resolveDestination } from '@etl/pipeline/plan';
import { batchesOfRuns } from '@etl/pipeline/runs/batchesOfRuns';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { hasFailed } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import { StorageError } from '@etl/storage/objectStore';
import { readDayFacts } from '../../activities/calendar/dayFacts';
import { readCommits } from '../../activities/calendar/readCommits';
import { inTurn } from '../../activities/inTurn';
import { scheduleFactOf, withAnswers } from '../../client/night/runsOfDays';
import { factsOf, readInput } from '../../client/runs/readRun';
import type { DatasetDay, DayTotals, NightReport, NightRun } from '../../report/night/data';
import { secondsBetween } from '../../report/page/amounts';
import type { ReportSources } from './run';

/** Batch dates of a page. */
export const trendDays = 30;

/** Runs that are read at most. */
const maxRuns = 20_000;

/** Failed runs whose input is read at most. */
const maxInputs = 500;

/** Batches that are read at a time. */
const readsAtATime = 16;

/** Datasets of a page. */
const maxDatasets = 500;

interface ReadRuns {
  /** Absent if Temporal did not answer. */
  readonly runs?: readonly RunFacts[];
  readonly notes: string[];
}

interface Reading {
  readonly runs?: RunsByDay;
  readonly notes: string[];
}

/** Reads what is known of a batch date and of the 29 before it. What cannot be read is a note of the report. */
export async function readNightReport(
  sources: ReportSources,
  { date, dataset }: { readonly date: string; readonly dataset?: string },
): Promise<NightReport> {
  const { client, now, command } = sources;
  const from = addDays(date, 1 - trendDays);
  const days = daysBetween(from, date);
  const { notes, runs: listed } = await readRuns(client, from);
  const runs = listed ?? [];
  const batches = batchesOfRuns(runs);
  const byDay = new RunsByDay(runs);
  const reading: Reading = { notes, ...(listed && { runs: byDay }) };
  notes.push(...sources.datasets.broken.flatMap(({ problems }) => problems));
  const names = datasetsOf(sources, batches, dataset);
  if (names.length > maxDatasets) notes.push(`The page shows ${maxDatasets} of ${names.length} datasets.`);
  const shown = names.slice(0, maxDatasets);
  const read = shown.flatMap((name) => days.map((day) => ({ name, day })));
  const cells = await inTurn(read, readsAtATime, async ({ name, day }) => {
    const cell = await readCell(sources, { name, day, from, to: date }, reading);
    return cell ? [cell] : [];
  });
  const zones = new Map(sources.datasets.all().map((each) => [each.name, each]));
  const ofDay = (day: string) => shown.flatMap((name) => byDay.of(dayOf(zones.get(name), name, day)));
  return {
    date,
    ...(dataset !== undefined && { dataset }),
    generatedAt: new Date(now).toISOString(),
    cells: cells.flat(),
    runs: (await withInputs(client, ofDay(date))).map((facts): NightRun => {
      const view = runViewOf(facts, command);
      const rows = view.outcome === 'delivered' ? view.rows?.written : undefined;
      return { view, ...(rows !== undefined && { rows }) };
    }),
    days: totalsOf(runs, batches, days, new Set(shown), new Date(now).toISOString()),
    notes: [...new Set(notes)],
  };
}

/** Reads the runs that started since the first batch date, less the days by which a schedule may be ahead of it. */
async function readRuns(client: ReportSources['client'], from: string): Promise<ReadRuns> {
  if ('unavailable' in client)
    return { notes: [`Temporal did not answer: ${client.unavailable}: runs, costs and durations are missing.`] };
  const types = [workflowTypes.pipeline, workflowTypes.nightlyBatch].map((type) => `'${type}'`).join(', ');
  const since = `${addDays(from, -2)}T00:00:00.000Z`;
  const query = `WorkflowType IN (${types}) AND ExecutionStatus != 'ContinuedAsNew' AND StartTime >= '${since}'`;
  const runs: RunFacts[] = [];
  for await (const info of client.workflow.list({ query })) {
    if (runs.length >= maxRuns)
      return { runs, notes: [`There are more than ${maxRuns} runs: the oldest are missing.`] };
    runs.push(factsOf(info));
  }
  return { runs: await withAnswers(client, runs), notes: [] };
}

/** Adds the input of failed pipelines, which their next commands may repeat. */
async function withInputs(client: ReportSources['client'], runs: readonly RunFacts[]): Promise<RunFacts[]> {
  if ('unavailable' in client) return [...runs];
  const failed = runs.filter((facts) => facts.workflowType === workflowTypes.pipeline && hasFailed(runViewOf(facts)));
  const read = failed.slice(0, maxInputs);
  const inputs = await inTurn(read, readsAtATime, (facts) => readInput(client, facts));
  const byRun = new Map(read.map(({ runId }, index) => [runId, inputs[index]]));
  return runs.map((facts) => ({ ...facts, input: byRun.get(facts.runId) }));
}

/** Returns the declared datasets and those with runs; only the given one if there is one. */
function datasetsOf(
  { datasets }: ReportSources,
  batches: readonly Partial<Batch>[],
  dataset: string | undefined,
): string[] {
  if (dataset !== undefined) return [dataset];
  const ofRuns = batches.flatMap((batch) => batch.dataset ?? []);
  return [...new Set([...datasets.all().map(({ name }) => name), ...ofRuns])].sort();
}

interface CellQuery {
  readonly name: string;
  readonly day: string;
  readonly from: string;
  readonly to: string;
}

async function readCell(
  { client, store, datasets, cleanBase, now, command }: ReportSources,
  { name, day, from, to }: CellQuery,
  { runs, notes }: Reading,
): Promise<DatasetDay | undefined> {
  const declared = datasets.all().find((each) => each.name === name);
  const query = {
    ...dayOf(declared, name, day),
    destination: resolveDestination(declared?.declaration.destination, cleanBase),
    sinks: declared?.declaration.sinks,
  };
  try {
    const { commits, unread } = await readCommits(store, query, () => true);
    if (unread > 0) notes.push(`The rows of ${unread} commits of ${name} on ${day} are not counted.`);
    const facts = await readDayFacts(store, query, { commits, ...(runs && { runs: runs.of(query) }) });
    const expected = declared && expectedOf(declared, day, from, to);
    const cell = cellOf(expected, facts, now);
    const deliver = day === to ? command(...batchArgs(name, day)) : undefined;
    const dayWith = (known: Cell): DatasetDay => ({
      ...{ dataset: name, day, cell: known },
      ...(deliver !== undefined && waitsForStart(known) && { command: deliver }),
    });
    if (cell.state !== 'missing' || 'unavailable' in client) return dayWith(cell);
    const schedule = await scheduleFactOf(client, name);
    return dayWith(cellOf(expected, { ...facts, schedule }, now));
  } catch (error) {
    if (!(error instanceof StorageError || error instanceof CliError)) throw error;
    notes.push(`Cannot read the batches of ${name}: ${error.message}`);
    return undefined;
  }
}

const expectedOf = (dataset: Dataset, day: string, from: string, to: string): ExpectedBatch | undefined =>
  expectedBatches(dataset, from, to).find(({ batchDate }) => batchDate === day);

function dayOf(declared: Dataset | undefined, dataset: string, batchDate: string): BatchDay {
  const { timeZone, dayOffset } = declared?.declaration.schedule ?? {};
  return {
    dataset,
    batchDate,
    ...(timeZone !== undefined && { timeZone }),
    ...(dayOffset !== undefined && { dayOffset }),
  };
}

/** Returns number and time of the runs of files, by batch date. */
function totalsOf(
  runs: readonly RunFacts[],
  batches: readonly Partial<Batch>[],
  days: readonly string[],
  datasets: ReadonlySet<string>,
  now: string,
): DayTotals[] {
  const totals = new Map(days.map((day) => [day, { day, runs: 0, failed: 0, seconds: 0 }]));
  for (const [index, facts] of runs.entries()) {
    const { dataset, batchDate } = batches[index] ?? {};
    const total = dataset !== undefined && datasets.has(dataset) ? totals.get(batchDate ?? '') : undefined;
    if (!total) continue;
    total.runs += 1;
    total.failed += hasFailed(runViewOf(facts)) ? 1 : 0;
    total.seconds += secondsBetween(facts.startedAt, facts.endedAt ?? now);
  }
  return [...totals.values()];
}
