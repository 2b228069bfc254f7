import type { BatchLayout } from '@etl/pipeline/layout';
import { joinUri, parseUri } from '@etl/pipeline/uri';
import { readCommits } from './commitLog';
import { folders } from './folders';
import type { ObjectStore } from './objectStore';

export interface Cleaning {
  /** Longer than a run may take without writing. */
  readonly graceSeconds: number;
  /** A run that has come to its end: its folders, those of all its launches, are nobody's any more. */
  readonly finishedRun?: string;
  readonly now?: Date;
}

/**
 * Removes the work folders of a batch that no commit refers to, and what killed writers left, once they are older than the
 * grace period. Of other runs none is removed while any of theirs is younger: a live run may have adopted parts of any
 * other. Returns the URIs of the removed work folders.
 */
export async function cleanWork(
  store: ObjectStore,
  place: BatchLayout,
  { graceSeconds, finishedRun, now = new Date() }: Cleaning,
): Promise<string[]> {
  const before = new Date(now.getTime() - graceSeconds * 1000);
  const works = await newestByFolder(store, place.works);
  const finished = (folder: string): boolean =>
    finishedRun !== undefined && folder.replace(/-\d+$/, '') === joinUri(place.works, finishedRun);
  const quiet = [...works].every(([folder, modifiedAt]) => finished(folder) || modifiedAt < before);
  const kept = await referredFolders(store, place);
  const removed = [...works.keys()].filter((folder) => !kept.has(folder) && (quiet || finished(folder)));
  for (const folder of removed) {
    await removeAll(store, folder);
    await store.removeUnfinished(folder, now);
  }
  if (!quiet) return removed;
  for (const leftovers of [place.claims, place.projections]) {
    for (const [folder, modifiedAt] of await newestByFolder(store, leftovers)) {
      if (modifiedAt < before) await removeAll(store, folder);
    }
  }
  await store.removeUnfinished(place.internal, before);
  return removed;
}

/** The direct children of a prefix, each with the time at which anything in it was last written. */
async function newestByFolder(store: ObjectStore, prefix: string): Promise<Map<string, Date>> {
  const newest = new Map<string, Date>();
  for await (const { uri, modifiedAt } of store.list(prefix)) {
    const child = childOf(prefix, uri);
    const known = newest.get(child);
    if (!known || known < modifiedAt) newest.set(child, modifiedAt);
  }
  return newest;
}

async function referredFolders(store: ObjectStore, place: BatchLayout): Promise<Set<string>> {
  const kept = new Set<string>();
  for await (const { manifest } of readCommits(store, place)) {
    const locations = manifest.parts.map((part) => part.location);
    for (const location of [...locations, ...(manifest.rejects ?? []), ...(manifest.coercions ?? [])]) {
      kept.add(childOf(place.works, joinUri(place.internal, location)));
    }
  }
  return kept;
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
