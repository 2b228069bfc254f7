import { CliError } from '@etl/lib/cliError';
import { isCalendarDate } from '@etl/lib/names';
import { fieldsOf, isText } from '@etl/lib/reading';
import { shownUri } from '@etl/lib/text/shownUri';
import type { CommandText } from '@etl/pipeline/command';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { type Batch, batchOfWorkflowId, layout, workflowId } from '@etl/pipeline/layout';
import { resolveDestination } from '@etl/pipeline/plan';
import type { RunPrices } from '@etl/pipeline/prices/table';
import { nothing, titleOf } from '@etl/pipeline/runs/common';
import type { RunFacts } from '@etl/pipeline/runs/runFacts';
import { hasFailed, type RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { Client } from '@temporalio/client';
import { findRun } from '../../client/runs/findRun';
import { readFacts } from '../../client/runs/readRun';
import type { ReportedCommit, RunReport } from '../../report/run/data';
import { type LinkSettings, linksOf } from '../../report/run/links';
import { cliExitCodes } from '../errors';
import { commitOf, destinationOf, previousCommit } from './commit';
import { costsOf } from './costs';
import { readTimeline } from './history';
import { committedRejects, uncommittedRejects } from './rejects';
import { sinksOf } from './sinks';

/** Where a report reads. */
export interface ReportSources {
  /** Absent, with the reason, if no server answers. */
  readonly client: Client | { readonly unavailable: string };
  readonly store: Pick<ObjectStore, 'list' | 'readSmall' | 'openRead'>;
  readonly datasets: Datasets;
  readonly cleanBase: string;
  readonly prices: RunPrices;
  readonly links: LinkSettings;
  readonly command: CommandText;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Reads what is known of a run: from Temporal, and from the storage. What cannot be read is a note of the report. A run
 * that Temporal no longer has is read from its commit.
 *
 * @param text workflow ID, run ID, or `dataset/date/source`
 * @throws {CliError} if neither has the run, or several runs match
 */
export async function readRunReport(sources: ReportSources, text: string): Promise<RunReport> {
  const { client } = sources;
  if ('unavailable' in client) return fromCommit(sources, text, `Temporal did not answer: ${client.unavailable}`);
  const found = await findRun(client, text);
  if ('workflowId' in found) return fromServer(sources, client, await readFacts(client, found));
  if (found.candidates.length > 0) {
    const some = found.candidates.slice(0, 5).join(', ');
    throw new CliError(
      `${text} names several runs: ${some}`,
      'Give the workflow ID of one of them',
      cliExitCodes.usage,
    );
  }
  return fromCommit(sources, text, 'Temporal has no such run');
}

async function fromServer(sources: ReportSources, client: Client, facts: RunFacts): Promise<RunReport> {
  const { command, now } = sources;
  const view = runViewOf(facts, command);
  const notes: string[] = [];
  const failedStep = hasFailed(view) ? view.step : undefined;
  const history = await orNote(notes, 'the history', () =>
    readTimeline(client, view, { launches: view.launches, failedStep, now }),
  );
  if (history?.isCut) notes.push('The history is too long: the timeline shows its beginning.');
  const destination = destinationIn(sources, facts, view);
  const { dataset, batchDate, source } = view.batch;
  const isKnown = dataset !== undefined && batchDate !== undefined && source !== undefined;
  const batch = view.kind === 'file' && isKnown ? { dataset, batchDate, source } : undefined;
  const timeline = history?.timeline;
  return complete(sources, { view, facts, batch, destination, notes, ...(timeline && { timeline }) });
}

/** Reads the report of the newest commit of a batch. */
async function fromCommit(sources: ReportSources, text: string, why: string): Promise<RunReport> {
  const batch = batchOf(text);
  const destination = batch && declaredDestination(sources, batch.dataset);
  const commit = batch && destination && (await commitOf(sources.store, layout(destination, batch), undefined, true));
  if (!batch || !commit) {
    const remedy = 'Give a workflow ID or run ID that the server lists, or dataset/date/source of a delivered batch';
    throw new CliError(`${why}${batch ? ', and its batch has no commit' : ''}: ${text}`, remedy, cliExitCodes.noInput);
  }
  const notes = [`${why}: this page shows what the newest commit of the batch records.`];
  return complete(sources, { view: viewOfCommit(batch, commit, destination), batch, destination, notes });
}

interface Known extends Pick<RunReport, 'view' | 'timeline'> {
  /** Absent if Temporal has nothing of the run. */
  readonly facts?: RunFacts;
  readonly batch: Batch | undefined;
  readonly destination: string;
  readonly notes: string[];
}

/** Adds what the storage has. */
async function complete(sources: ReportSources, known: Known): Promise<RunReport> {
  const { store, prices, links, now } = sources;
  const { view, facts, batch, destination, notes, timeline } = known;
  const place = batch && layout(destination, batch);
  const isDelivered = view.outcome === 'delivered' || view.failureType === 'SinkFailed';
  const read = <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => orNote(notes, what, work);
  const commit = place && (await read('the commit log', () => commitOf(store, place, view.runId, isDelivered)));
  const previous = batch && (await read('the previous commit', () => previousCommit(store, destination, batch)));
  const rejects = place && (await read('the rejected rows', () => rejectsOf(store, place, view, commit)));
  const sinks = place && (await read('the sinks', () => sinksOf(store, place, view.sinks)));
  if (commit && !commit.isOwn && view.alreadyDelivered !== true)
    notes.push('The commit of this run is no longer among the newest of its batch: the page shows the newest one.');
  if (view.kind === 'file' && view.step !== 'validate' && !commit && !view.rows)
    notes.push('The run has published nothing: rows, schema and quality are known only from a commit.');
  return {
    view: { ...view, ...(isDelivered && place && view.published === undefined && { published: place.published }) },
    generatedAt: new Date(now).toISOString(),
    ...(timeline && { timeline }),
    ...(commit && { commit }),
    ...(previous && { previous }),
    ...(rejects && rejects.rows.length > 0 && { rejects }),
    costs: costsOf(view, facts, commit?.manifest, prices),
    sinks: sinks ?? [],
    links: linksOf(view, place?.internal, links),
    notes,
  };
}

async function rejectsOf(
  store: ReportSources['store'],
  place: ReturnType<typeof layout>,
  { runId, launches, launch }: RunView,
  commit: ReportedCommit | undefined,
) {
  if (commit) return committedRejects(store, place, commit.manifest.rejects);
  const generation = launch ?? launches.at(-1)?.generation;
  return generation === undefined ? undefined : uncommittedRejects(store, place, { runId, generation });
}

/** Returns the result of reading a part of the report. If it cannot be read, notes why. */
async function orNote<T>(notes: string[], what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error instanceof StorageError ? error.message : `${error.name}: ${error.message}`;
    notes.push(`Cannot read ${what}: ${reason}`);
    return undefined;
  }
}

function viewOfCommit(batch: Batch, { manifest }: ReportedCommit, destination: string): RunView {
  const { runId, runStartedAt, startedAt, finishedAt, source, totals } = manifest;
  const id = workflowId(batch);
  return {
    ...nothing,
    kind: 'file',
    workflowId: id,
    runId,
    batch,
    title: titleOf(batch, id),
    file: shownUri(source.uri),
    outcome: 'delivered',
    step: 'done',
    startedAt: runStartedAt ?? startedAt,
    endedAt: finishedAt,
    published: layout(destination, batch).published,
    rows: { read: totals.rowsRead, written: totals.rowsWritten, rejected: totals.rowsRejected },
  };
}

/** Returns where the run publishes: the place that it names, else that of its event or its dataset. */
function destinationIn(sources: ReportSources, { input }: RunFacts, { published, batch }: RunView): string {
  const { destination } = fieldsOf(fieldsOf(input).detail);
  const named = published === undefined ? undefined : destinationOf(published);
  if (named !== undefined) return named;
  if (isText(destination, 1024)) return resolveDestination(destination, sources.cleanBase);
  return declaredDestination(sources, batch.dataset);
}

function declaredDestination({ datasets, cleanBase }: ReportSources, dataset: string | undefined): string {
  const declared = datasets.all().find(({ name }) => name === dataset);
  return resolveDestination(declared?.declaration.destination, cleanBase);
}

/** Returns the batch that a text names: `dataset/date/source`, or a workflow ID of the CLI. */
function batchOf(text: string): Batch | undefined {
  const short = text.trim().replace(/\s+/g, '/');
  const { dataset, batchDate, source } = batchOfWorkflowId(short.startsWith('etl/') ? short : `etl/${short}`);
  if (dataset === undefined || batchDate === undefined || source === undefined) return undefined;
  return isCalendarDate(batchDate) ? { dataset, batchDate, source } : undefined;
}
