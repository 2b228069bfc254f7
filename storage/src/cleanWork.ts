import { parseUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { type BatchFolder, readFolders, runOf } from './batchFolders';
import { folders } from './folders';
import type { ObjectStore } from './objectStore';
import { readReferences } from './references';
import { removeFolders } from './vacuum';

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
  const commits = await readFolders(store, place.commitFolders);
  const works = new Map([...(await readFolders(store, place.works)), ...commits]);
  // The log last, which then has every run that has already removed its work.
  const { referenced, ended: committed } = await readReferences(store, place);
  const ended = new Set([...committed, ...finished.map(({ runId }) => runId)]);
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
  const uncommitted = new Set<string>();
  for (const folder of new Set([...works.keys(), ...launches])) {
    const objects = (works.get(folder)?.objects ?? []).map(({ uri }) => uri);
    const isReferenced = objects.some((uri) => referenced.has(uri));
    if (commits.has(folder) && !over.includes(folder)) {
      // Another launch of its run may adopt it.
      if (!isReferenced) uncommitted.add(folder);
    } else if (isReferenced) {
      for (const uri of objects) if (!referenced.has(uri)) await store.remove(uri);
    } else {
      await removeAll(store, folder);
      if (objects.length > 0) removed.push(folder);
    }
  }
  if (uncommitted.size > 0) {
    const retention = { days: graceSeconds / 86_400, now };
    for (const { uri } of await removeFolders(store, place, uncommitted, retention)) removed.push(uri);
  }
  for (const leftovers of [place.claims, place.removals, place.projections]) {
    for (const [folder, { newest }] of await readFolders(store, leftovers)) {
      if (newest < before) await removeAll(store, folder);
    }
  }
  await store.removeUnfinished(place.internal, before);
  await store.removeUnfinished(place.commitFolders, before);
  return removed;
}

/** Returns when a work folder was last written, by the clock of the store. */
function newestOf(works: ReadonlyMap<string, BatchFolder>): Date {
  return new Date(Math.max(0, ...[...works.values()].map(({ newest }) => newest.getTime())));
}

async function removeAll(store: ObjectStore, uri: string): Promise<void> {
  if (parseUri(uri)?.kind === 'file') return folders.remove(uri);
  await store.remove(uri);
  for await (const object of store.list(uri)) await store.remove(object.uri);
}
