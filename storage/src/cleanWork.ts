import { baseName, joinUri, parseUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { readCommits } from './commitLog';
import { folders } from './folders';
import type { ObjectStore } from './objectStore';

export interface Launch {
  readonly runId: string;
  readonly generation: number;
}

export interface CleanupOptions {
  /** Time without writes after which a run counts as dead. */
  readonly graceSeconds: number;
  /** Launches that have finished, and with them their runs. */
  readonly finished?: readonly Launch[];
  /** By the clock of the store. @default when the batch's work folders were last written, which is never later */
  readonly now?: Date;
}

/** After every timestamp: launches that have finished write nothing more. */
const anyTime = new Date(8.64e15);

/**
 * Removes the files in a batch's work and commit folders that no commit refers to, and unfinished files of killed writers. A run
 * has ended when it is in `finished` or has committed, and counts as dead when its folders are older than the grace
 * period. While another run may be alive, keeps all work folders, because that run may resume from any of them.
 *
 * @returns the URIs of the removed folders
 */
export async function cleanWork(
  store: ObjectStore,
  place: BatchLayout,
  { graceSeconds, finished = [], ...clock }: CleanupOptions,
): Promise<string[]> {
  const { referenced, ended } = await readLog(store, place);
  for (const { runId } of finished) ended.add(runId);
  const works = new Map([
    ...(await readFolders(store, place.works)),
    ...(await readFolders(store, place.commitFolders)),
  ]);
  // This machine's clock may be days ahead of the store's.
  const now = clock.now ?? newestOf(works);
  const before = new Date(now.getTime() - graceSeconds * 1000);
  // Listings do not show drafts of a killed writer, so visits the folders of all its launches.
  const launches = finished.flatMap(({ runId, generation }) =>
    Array.from({ length: generation }, (_, n) => place.work(runId, n + 1)),
  );
  const over = [...works.keys()].filter((folder) => finished.some(({ runId }) => runId === runOf(folder)));
  for (const folder of new Set([...launches, ...over])) await store.removeUnfinished(folder, anyTime);
  const alive = [...works].some(([folder, { newest }]) => newest >= before && !ended.has(runOf(folder)));
  if (alive) return [];
  const removed: string[] = [];
  for (const folder of new Set([...works.keys(), ...launches])) {
    const objects = works.get(folder)?.objects ?? [];
    if (objects.some((uri) => referenced.has(uri))) {
      for (const uri of objects) if (!referenced.has(uri)) await store.remove(uri);
    } else {
      await removeAll(store, folder);
      if (objects.length > 0) removed.push(folder);
    }
  }
  for (const leftovers of [place.claims, place.projections]) {
    for (const [folder, { newest }] of await readFolders(store, leftovers)) {
      if (newest < before) await removeAll(store, folder);
    }
  }
  await store.removeUnfinished(place.internal, before);
  await store.removeUnfinished(place.commitFolders, before);
  return removed;
}

/** Returns the run ID of a work folder or a commit folder. */
function runOf(folder: string): string {
  return baseName(folder).replace(/-[0-9a-f]+$/, '');
}

interface Folder {
  /** Time of the last write below it. */
  newest: Date;
  readonly objects: string[];
}

/** Returns when a work folder was last written, by the clock of the store. */
function newestOf(works: ReadonlyMap<string, Folder>): Date {
  return new Date(Math.max(0, ...[...works.values()].map(({ newest }) => newest.getTime())));
}

/** Returns the direct children of a prefix. */
async function readFolders(store: ObjectStore, prefix: string): Promise<Map<string, Folder>> {
  const found = new Map<string, Folder>();
  for await (const { uri, modifiedAt } of store.list(prefix)) {
    const child = childOf(prefix, uri);
    const folder = found.get(child) ?? { newest: modifiedAt, objects: [] };
    if (modifiedAt > folder.newest) folder.newest = modifiedAt;
    folder.objects.push(uri);
    found.set(child, folder);
  }
  return found;
}

interface LogReferences {
  /** URIs of the objects that commits refer to. */
  readonly referenced: Set<string>;
  /** IDs of the runs that have committed. */
  readonly ended: Set<string>;
}

async function readLog(store: ObjectStore, place: BatchLayout): Promise<LogReferences> {
  const referenced = new Set<string>();
  const ended = new Set<string>();
  for await (const { manifest } of readCommits(store, place)) {
    ended.add(manifest.runId);
    for (const { location } of manifest.parts) referenced.add(place.part(location));
    for (const file of [...(manifest.rejects ?? []), ...(manifest.coercions ?? [])]) {
      referenced.add(joinUri(place.internal, file));
    }
  }
  return { referenced, ended };
}

function childOf(prefix: string, uri: string): string {
  const end = uri.indexOf('/', prefix.length + 1);
  return end < 0 ? uri : uri.slice(0, end);
}

async function removeAll(store: ObjectStore, uri: string): Promise<void> {
  if (parseUri(uri)?.kind === 'file') return folders.remove(uri);
  await store.remove(uri);
  for await (const object of store.list(uri)) await store.remove(object.uri);
}
