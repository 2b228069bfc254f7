import { number } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import type { Batch } from '@etl/pipeline/layout';
import { resolveDestination } from '@etl/pipeline/plan';
import { appliesSinks, sinkWarning } from '@etl/pipeline/sinks/destination';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import { batchesBelow } from '@etl/storage/batches';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { sinkStates } from '../../../activities/sinks/sinkStates';
import { parseConfig } from '../../../config/environment';
import { chosen, readDeclarations } from '../../dataset/read';
import { datesOf } from '../../dates';
import { cliExitCodes } from '../../errors';
import { etlCommand } from '../../hints';
import { mapBatches } from '../../mapBatches';
import { tableLines } from '../../table';
import { printResult } from '../../withClient';

export interface SinkStatusOptions {
  readonly dataset?: readonly string[];
  readonly sink?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** A sink of a batch that lacks the newest commit. */
export interface BehindSink extends Batch {
  readonly sink: string;
  /** Number of the commit that the sink has; 0 if there is none. */
  readonly applied: number;
  readonly newest: number;
  /** Why the latest attempt failed; null if it did not fail. */
  readonly reason: string | null;
}

interface SinkCounts {
  readonly name: string;
  readonly type: string;
  /** Number of batches whose newest commit the sink has. */
  current: number;
  /** Number of batches whose newest commit is not yet applied. */
  behind: number;
  /** Number of batches whose newest commit is not applied, because the latest attempt failed. */
  failed: number;
}

export interface DatasetSinks {
  readonly dataset: string;
  /** Why the sinks are not applied at this destination; null if they are. */
  readonly notApplied: string | null;
  readonly sinks: readonly SinkCounts[];
  /** The first batches with a sink that lacks their newest commit. */
  readonly behind: readonly BehindSink[];
  /** Number of such batches and sinks beyond those that `behind` lists. */
  readonly more: number;
}

/** Maximum number of entries that the report lists for a dataset, and that the text shows. */
const maxListed = 1000;
const maxShown = 50;

/** Prints the state of the declared sinks. Exits with 1 if one of them lacks a commit. */
export async function sinkStatus({ dataset = [], sink, json, ...options }: SinkStatusOptions): Promise<void> {
  const dates = datesOf(options);
  const declared = chosen(await readDeclarations(), dataset);
  const found = declared.filter(({ declaration }) => Object.keys(sinksOf(declaration.sinks, sink)).length > 0);
  if (found.length === 0 && (sink !== undefined || dataset.length > 0)) throw noSinks(sink, dataset);
  const { cleanBase } = parseConfig(process.env);
  const store = openStore();
  const datasets: DatasetSinks[] = [];
  for (const each of found) datasets.push(await statusOf(store, each, { cleanBase, sink, ...dates }));
  const lines = datasets.flatMap((each) => describe(each, sink));
  printResult(json, { datasets }, lines.length > 0 ? lines : ['No declared dataset has sinks']);
  if (datasets.some(({ behind }) => behind.length > 0)) process.exitCode = cliExitCodes.failed;
}

function sinksOf(sinks: Sinks = {}, only?: string): Sinks {
  return Object.fromEntries(Object.entries(sinks).filter(([name]) => only === undefined || name === only));
}

function noSinks(sink: string | undefined, datasets: readonly string[]): CliError {
  const of = datasets.length === 0 ? 'no declared dataset' : `none of the datasets ${datasets.join(', ')}`;
  const what = `${of} has ${sink === undefined ? 'sinks' : `a sink ${sink}`}`;
  return new CliError(what, 'Declare it below the key sinks (docs/sinks.md)', cliExitCodes.noInput);
}

interface Selection {
  readonly cleanBase: string;
  readonly sink: string | undefined;
  readonly from?: string;
  readonly to?: string;
}

/** Reads the states of a dataset's sinks from the storage. */
export async function statusOf(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  { name: dataset, declaration }: Dataset,
  { cleanBase, sink, from = '', to = '9999-12-31' }: Selection,
): Promise<DatasetSinks> {
  const sinks = sinksOf(declaration.sinks, sink);
  const destination = resolveDestination(declaration.destination, cleanBase);
  const counts = new Map<string, SinkCounts>(
    Object.entries(sinks).map(([name, { type }]) => [name, { name, type, current: 0, behind: 0, failed: 0 }]),
  );
  const behind: BehindSink[] = [];
  let more = 0;
  const isApplied = appliesSinks(destination);
  const read = async (batch: Batch) =>
    batch.batchDate >= from && batch.batchDate <= to
      ? { batch, ...(await sinkStates(store, destination, batch, sinks)) }
      : undefined;
  const batches = isApplied ? batchesBelow(store, destination, { dataset }) : none();
  for await (const found of mapBatches(batches, read)) {
    for (const { name, status, behind: isBehind } of found?.states ?? []) {
      const sinkCounts = counts.get(name);
      if (!found || !sinkCounts) continue;
      if (!isBehind) {
        sinkCounts.current++;
        continue;
      }
      const reason = status?.failed?.reason ?? null;
      sinkCounts[reason === null ? 'behind' : 'failed']++;
      const { batch, commit: newest } = found;
      if (behind.length < maxListed)
        behind.push({ ...batch, sink: name, applied: status?.applied ?? 0, newest, reason });
      else more++;
    }
  }
  const notApplied = isApplied ? null : sinkWarning(destination);
  return { dataset, notApplied, sinks: [...counts.values()], behind, more };
}

async function* none(): AsyncIterable<Batch> {
  // Where sinks are not applied, no sink is behind.
}

function describe({ dataset, notApplied, sinks, behind, more }: DatasetSinks, sink: string | undefined): string[] {
  if (notApplied !== null) return [`${dataset}: ${notApplied}`];
  const rows = sinks.map(({ name, type, current, ...counts }) => [
    ...[name, type, number(current)],
    ...[number(counts.behind), number(counts.failed)],
  ]);
  const hidden = more + Math.max(0, behind.length - maxShown);
  const finish = etlCommand('sink', 'replay', dataset, ...(sink === undefined ? [] : ['--sink', sink]));
  return [
    dataset,
    ...tableLines([['sink', 'type', 'current', 'behind', 'failed'], ...rows]).map((line) => `  ${line}`),
    ...behind.slice(0, maxShown).map(describeBehind),
    ...(hidden > 0 ? [`  … and ${number(hidden)} more: select batches with --from and --to`] : []),
    ...(behind.length > 0 ? [`Finish with: ${finish}`] : []),
  ];
}

function describeBehind({ dataset, batchDate, source, sink, applied, newest, reason }: BehindSink): string {
  const commits = applied === 0 ? `no commit yet, newest is ${newest}` : `commit ${applied}, newest is ${newest}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `  ${dataset} ${batchDate} ${source}: ${sink} has ${commits}${why}`;
}
