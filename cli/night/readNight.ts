import { type Cell, cellOf, type DayFacts, type RunFact } from '@etl/pipeline/calendar/cell';
import { type ExpectedBatch, expectedBatches, tonight } from '@etl/pipeline/calendar/expected';
import { runFactOf } from '@etl/pipeline/calendar/runFact';
import { type BatchDay, RunsByDay } from '@etl/pipeline/calendar/runsOfDay';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { resolveDestination } from '@etl/pipeline/plan';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { Client } from '@temporalio/client';
import { type DayQuery, readDayFacts } from '../../activities/calendar/dayFacts';
import { type CommitReading, readCommits } from '../../activities/calendar/readCommits';
import { inTurn } from '../../activities/inTurn';
import { daysOf, recentRuns, runsOfDays, scheduleFactOf, withAnswers } from '../../client/night/runsOfDays';
import { bounded } from './bounded';
import type { Server } from './server';

export interface NightQuery {
  /** Batch date. @default the batches of tonight */
  readonly date?: string;
  /** @default all datasets */
  readonly dataset?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface NightSources {
  readonly datasets: Datasets;
  readonly store: Pick<ObjectStore, 'list' | 'readSmall'>;
  readonly cleanBase: string;
  readonly server: Promise<Server>;
  /** Longest time in milliseconds for all reads. @default 8500 */
  readonly readMs?: number;
}

/** A dataset's batch of the night. */
export interface NightBatch extends Cell {
  readonly dataset: string;
  readonly batchDate: string;
  /** Absent for a batch that no schedule expects. */
  readonly expected?: ExpectedBatch;
  /** Whether the schedule exists in Temporal; absent if that was not read. */
  readonly hasSchedule?: boolean;
  /** Commits whose rows are not counted. */
  readonly unreadRows: number;
  readonly openRuns: readonly RunFact[];
  /** Why the storage could not be read: the state is what Temporal knows. */
  readonly unread?: string;
}

export interface Night {
  readonly batches: readonly NightBatch[];
  /** Why runs are not known; absent if they are. */
  readonly withoutRuns?: string;
  /** Facts of the runs, by run ID. */
  readonly runs: ReadonlyMap<string, RunFacts>;
  /** Datasets that cannot be used, with the reasons. */
  readonly broken: readonly { readonly name: string; readonly problems: readonly string[] }[];
}

/** Batches besides the planned ones that are shown at most, the newest ones. */
const maxOthers = 50;

/** Batches that are read at a time. */
const readsAtATime = 16;

const defaultReadMs = 8500;

/** Reads the batches of a night from the storage and from Temporal, in at most ten seconds. */
export async function readNight(sources: NightSources, query: NightQuery): Promise<Night> {
  const end = performance.now() + (sources.readMs ?? defaultReadMs);
  const left = (): number => end - performance.now();
  const { datasets, store, server } = sources;
  const { planned, broken } = plannedDays(sources, query);
  const found: Promise<Runs> = bounded(runsOf(server, planned, sources, query), left()).catch((error: Error) => ({
    problem: error.message,
  }));
  const commitsOf = (days: readonly PlannedDay[]) => inTurn(days, readsAtATime, (day) => readOwn(store, day, left));
  const own = await commitsOf(planned);
  const known = await found;
  const more = 'runs' in known ? await commitsOf(known.others) : [];
  const runs = 'runs' in known ? known.runs : undefined;
  const byDay = runs && new RunsByDay(runs);
  const look = (day: OwnRead) => readBatch(store, day, byDay, query.now, left);
  const expected = await inTurn(own, readsAtATime, look);
  const isScheduled = (name: string) =>
    datasets.all().some((dataset) => dataset.name === name && dataset.declaration.schedule !== undefined);
  // Other days of a scheduled dataset are shown only if they have problems.
  const others = (await inTurn(more, readsAtATime, look)).filter(
    ({ dataset, state }) => state !== 'notDue' && (state !== 'delivered' || !isScheduled(dataset)),
  );
  const isShown = ({ expected: due, state }: ReadBatch) =>
    due !== undefined || state !== 'notDue' || query.dataset !== undefined;
  const batches = await withSchedules(await server, [...expected.filter(isShown), ...others], query.now, left);
  return {
    batches: batches.map(({ facts: _, ...batch }) => batch),
    broken,
    ...('problem' in known && { withoutRuns: known.problem }),
    runs: new Map(runs?.map((run) => [run.runId, run])),
  };
}

interface PlannedDay {
  readonly query: DayQuery;
  readonly expected?: ExpectedBatch;
}

/** Runs of all batches, and the batches besides the planned ones. */
type Runs =
  | { readonly runs: readonly RunFacts[]; readonly others: readonly PlannedDay[] }
  | { readonly problem: string };

/** A batch with its commits, or why they could not be read. */
interface OwnRead extends PlannedDay {
  readonly reading: CommitReading | { readonly problem: string };
}

interface ReadBatch extends NightBatch {
  readonly facts: DayFacts;
}

function plannedDays({ datasets, cleanBase }: NightSources, { date, dataset, now }: NightQuery) {
  const planned: PlannedDay[] = [];
  const broken = datasets.broken
    .filter(({ name }) => dataset === undefined || name === dataset)
    .map((each) => ({ ...each }));
  for (const each of datasets.all()) {
    if (dataset !== undefined && each.name !== dataset) continue;
    try {
      const expected = date === undefined ? tonight(each, now) : expectedBatches(each, date, date)[0];
      const batchDate = date ?? expected?.batchDate;
      // `recentRuns` finds the batches of datasets without a schedule.
      if (batchDate === undefined) continue;
      planned.push({ query: queryOf(each, batchDate, cleanBase), ...(expected && { expected }) });
    } catch (error) {
      broken.push({ name: each.name, problems: [`${each.file}: schedule: ${(error as Error).message}`] });
    }
  }
  const isKnown = [...planned.map(({ query }) => query.dataset), ...broken.map(({ name }) => name)];
  if (dataset !== undefined && date !== undefined && !isKnown.includes(dataset))
    planned.push({ query: { dataset, batchDate: date, destination: cleanBase } });
  return { planned, broken };
}

function queryOf({ name, declaration }: Dataset, batchDate: string, cleanBase: string): DayQuery {
  const { destination, sinks, schedule } = declaration;
  const { timeZone, dayOffset } = schedule ?? {};
  return {
    dataset: name,
    batchDate,
    destination: resolveDestination(destination, cleanBase),
    sinks,
    ...(timeZone !== undefined && { timeZone }),
    ...(dayOffset !== undefined && { dayOffset }),
  };
}

/**
 * Returns the runs of the planned days, and other batches with recent runs, limited to the requested batch date and dataset
 * if there are such.
 */
async function runsOf(
  server: Promise<Server>,
  planned: readonly PlannedDay[],
  { datasets, cleanBase }: NightSources,
  { date, dataset, now }: NightQuery,
): Promise<Runs> {
  const connected = await server;
  if ('problem' in connected) throw new Error(`Temporal at ${connected.address}: ${connected.problem}`);
  const { client } = connected;
  const recent = await recentRuns(client, now);
  const isPlanned = (day: BatchDay) =>
    planned.some(({ query }) => query.dataset === day.dataset && query.batchDate === day.batchDate);
  const others = daysOf(recent)
    .filter((day) => !isPlanned(day))
    .filter(
      (day) => (date === undefined || day.batchDate === date) && (dataset === undefined || day.dataset === dataset),
    )
    .slice(0, maxOthers)
    .map((day) => {
      const declared = datasets.all().find(({ name }) => name === day.dataset);
      return { query: declared ? queryOf(declared, day.batchDate, cleanBase) : { ...day, destination: cleanBase } };
    });
  const days = [...planned, ...others].map(({ query }) => query);
  const recentRunsByDay = new RunsByDay(recent);
  // A run that both lists have is as the later one shows it.
  const found = [...days.flatMap((day) => recentRunsByDay.of(day)), ...(await runsOfDays(client, days))];
  return { runs: await withAnswers(client, [...new Map(found.map((run) => [run.runId, run])).values()]), others };
}

async function readOwn(store: NightSources['store'], day: PlannedDay, left: () => number): Promise<OwnRead> {
  try {
    return {
      ...day,
      reading: await bounded(
        readCommits(store, day.query, () => true),
        left(),
      ),
    };
  } catch (error) {
    return { ...day, reading: { problem: (error as Error).message } };
  }
}

async function readBatch(
  store: NightSources['store'],
  { query, expected, reading }: OwnRead,
  all: RunsByDay | undefined,
  now: number,
  left: () => number,
): Promise<ReadBatch> {
  const { dataset, batchDate } = query;
  const about = { dataset, batchDate, ...(expected && { expected }) };
  const commits = 'problem' in reading ? [] : reading.commits;
  const runs = all?.of(query);
  try {
    if ('problem' in reading) throw new Error(reading.problem);
    const facts = await bounded(readDayFacts(store, query, { commits, ...(runs && { runs }) }), left());
    return { ...about, ...cellOf(expected, facts, now), unreadRows: reading.unread, openRuns: openIn(facts), facts };
  } catch (error) {
    const facts: DayFacts = { commits, ...(runs && { runs: runs.map(runFactOf) }) };
    const cell = cellOf(expected, facts, now);
    // Without the commit log, runs show only what has failed or is open.
    const state = ['failed', 'held', 'running'].includes(cell.state) ? cell.state : ('unknown' as const);
    const unread = (error as Error).message;
    return { ...about, ...cell, state, isLate: false, unreadRows: 0, openRuns: openIn(facts), facts, unread };
  }
}

const openIn = ({ runs = [] }: DayFacts): readonly RunFact[] => runs.filter(({ state }) => state === 'running');

/** Reads the schedules of batches that seem missing: a paused schedule, or a new one, does not start its batch. */
async function withSchedules(
  server: Server,
  batches: readonly ReadBatch[],
  now: number,
  left: () => number,
): Promise<ReadBatch[]> {
  if ('problem' in server) return [...batches];
  return inTurn(batches, readsAtATime, (batch) => withSchedule(server.client, batch, now, left));
}

async function withSchedule(client: Client, batch: ReadBatch, now: number, left: () => number): Promise<ReadBatch> {
  if (batch.state !== 'missing') return batch;
  try {
    const schedule = await bounded(scheduleFactOf(client, batch.dataset), left());
    const facts = { ...batch.facts, schedule };
    return { ...batch, ...cellOf(batch.expected, facts, now), hasSchedule: schedule.exists };
  } catch {
    return batch;
  }
}
