import { count, describeBytes } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import { type Batch, layout } from '@etl/pipeline/layout';
import { batchesBelow, nameOf } from '@etl/storage/batches';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { examine, type Removable, type Retention } from '@etl/storage/removable';
import { removeFolders, removeUnfinishedWrites, storeTime } from '@etl/storage/vacuum';
import { inTurn } from '../../activities/inTurn';
import { parseConfig } from '../../config/environment';
import { readAnyDeclarations } from '../dataset/read';
import { type Destination, destinationsOf } from '../destinations';
import { cliExitCodes } from '../errors';
import { sameCommandWithout } from '../hints';
import { mapBatches } from '../mapBatches';
import { printJson, printLines } from '../output';

export interface VacuumOptions {
  readonly dataset?: readonly string[];
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Result of the search below one destination. */
interface Search extends Destination {
  readonly retention: Retention;
  batches: number;
  /** Number of objects with keys that this program does not write. */
  foreign: number;
  readonly due: { readonly batch: Batch; readonly folders: readonly Folder[] }[];
  readonly kept: { readonly uri: string; readonly reason: string }[];
  /** Batches that cannot be read, or whose folders could not be removed. */
  readonly problems: string[];
}

/** A folder with the number of its objects. All folders together may have millions, so the objects are not listed. */
type Folder = Omit<Removable, 'objects'> & { readonly objects: number };

/** Maximum number of batches whose folders are removed at the same time. */
const maxRemovals = 4;

/** Lists, then removes the folders that batches no longer need. Exits with 1 if a batch cannot be read or cleaned. */
export async function vacuum({ dataset = [], olderThan, dryRun = false, json }: VacuumOptions): Promise<void> {
  const config = parseConfig(process.env);
  const days = olderThan ?? config.ETL_KEEP_COMMITS_DAYS;
  const store = openStore();
  const print = (lines: readonly string[]): void => {
    if (!json && lines.length > 0) printLines(lines);
  };
  const searches: Search[] = [];
  const declared = await readAnyDeclarations();
  for (const each of destinationsOf(declared, config.cleanBase, dataset)) {
    // A dry run writes nothing, so it uses the clock of this machine.
    const now = dryRun ? new Date() : await storeTime(store, each.destination);
    searches.push(await search(store, each, { days, now }));
  }
  const unknown = searches.find((each) => each.batches === 0 && declared.pattern(each.dataset ?? '') === undefined);
  if (unknown?.dataset !== undefined) {
    const what = `dataset ${unknown.dataset} is not declared, and has no batches below ${unknown.destination}`;
    throw new CliError(what, 'Correct the name', cliExitCodes.noInput);
  }
  const listed = foldersOf(searches);
  print(describeSearches(searches, dryRun));
  const removed: Folder[] = [];
  if (!dryRun) {
    for (const each of searches) removed.push(...(await removeDue(store, each)));
    print([`Removed ${described(removed)}`]);
  }
  const problems = searches.flatMap((each) => each.problems);
  print(problems.map((problem) => `Problem: ${problem}`));
  if (json) {
    printJson({
      ...{ dryRun, days, batches: sum(searches.map(({ batches }) => batches)) },
      ...{ folders: listed, bytes: bytesOf(listed), kept: searches.flatMap(({ kept }) => kept) },
      ...{ foreign: sum(searches.map(({ foreign }) => foreign)), problems },
      removed: { folders: removed.length, bytes: bytesOf(removed) },
    });
  }
  if (problems.length > 0) process.exitCode = cliExitCodes.failed;
}

async function search(store: ObjectStore, where: Destination, retention: Retention): Promise<Search> {
  const found: Search = { ...where, retention, batches: 0, foreign: 0, due: [], kept: [], problems: [] };
  const { destination, dataset } = where;
  const having = ['commits', 'work'] as const;
  const batches = batchesBelow(store, destination, { having, ...(dataset !== undefined && { dataset }) });
  const examined = mapBatches(batches, (batch) =>
    orProblem(found, batch, async () => ({ batch, ...(await examine(store, layout(destination, batch), retention)) })),
  );
  for await (const each of examined) {
    found.batches++;
    if (!each) continue;
    found.foreign += each.foreign.length;
    found.kept.push(...each.kept);
    if (each.removable.length > 0) found.due.push({ batch: each.batch, folders: each.removable.map(shown) });
  }
  return found;
}

async function removeDue(store: ObjectStore, found: Search): Promise<Folder[]> {
  const { destination, dataset, retention, due } = found;
  const removed = await inTurn(due, maxRemovals, ({ batch, folders }) =>
    orProblem(found, batch, () =>
      removeFolders(store, layout(destination, batch), new Set(folders.map(({ uri }) => uri)), retention),
    ),
  );
  await removeUnfinishedWrites(store, destination, dataset, retention);
  return removed.flatMap((each) => each ?? []).map(shown);
}

/** Returns undefined for a batch that fails and records its problem, so that the other batches are cleaned nevertheless. */
async function orProblem<T>(found: Search, batch: Batch, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StorageError) || !isOfBatch(error)) throw error;
    found.problems.push(`${nameOf(batch)}: ${error.uri}: ${error.message}`);
    return undefined;
  }
}

const isOfBatch = ({ code }: StorageError): boolean => code === 'Corrupt' || code === 'NotFound';

const shown = ({ objects, ...folder }: Removable): Folder => ({ ...folder, objects: objects.length });

const foldersOf = (searches: readonly Search[]): Folder[] =>
  searches.flatMap(({ due }) => due.flatMap(({ folders }) => folders));

function describeSearches(searches: readonly Search[], dryRun: boolean): string[] {
  const folders = foldersOf(searches);
  const batches = sum(searches.map((each) => each.batches));
  const foreign = sum(searches.map((each) => each.foreign));
  const places = searches.map(({ destination }) => destination).join(', ');
  const inUse = searches.flatMap(({ kept }) => kept).map(({ uri, reason }) => `kept: ${uri}: ${reason}`);
  return [
    ...folders.map(
      ({ uri, reason, since, objects, bytes }) =>
        `${uri}: ${describeBytes(bytes)}, ${count(objects, 'object')}, ${reason} ${since.toISOString()}`,
    ),
    ...inUse,
    ...(foreign > 0 ? [`left alone: ${count(foreign, 'object')} that this program does not write`] : []),
    `${count(batches, 'batch', 'batches')} below ${places}: ${described(folders)} ${dryRun ? 'would be removed' : 'to remove'}`,
    ...(dryRun && folders.length > 0 ? [`Remove them with: ${sameCommandWithout('--dry-run')}`] : []),
  ];
}

const described = (folders: readonly Folder[]): string =>
  `${count(folders.length, 'folder')}, ${describeBytes(bytesOf(folders))}`;

const bytesOf = (folders: readonly Folder[]): number => sum(folders.map(({ bytes }) => bytes));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
