import type { BatchLayout } from '@etl/pipeline/layout';
import { joinUri, parseUri } from '@etl/pipeline/uri';
import { readCommits } from './commitLog';
import { removeDrafts } from './drafts';
import { pathOf } from './fileStore';
import { folders } from './folders';
import type { ObjectStore } from './objectStore';

/**
 * Removes the work folders of a batch that no commit refers to, and what killed publishers left, once they are older than
 * the grace period. Nothing at all is removed while any work folder is younger: a live run may have adopted parts of any
 * other. So the grace period is longer than a run may take without writing. Returns the URIs of the removed work folders.
 */
export async function cleanWork(
  store: ObjectStore,
  place: BatchLayout,
  { graceSeconds, now = new Date() }: { readonly graceSeconds: number; readonly now?: Date },
): Promise<string[]> {
  const before = new Date(now.getTime() - graceSeconds * 1000);
  const works = await newestByFolder(store, place.works);
  if ([...works.values()].some((modifiedAt) => modifiedAt >= before)) return [];
  const kept = await referredFolders(store, place);
  const removed = [...works.keys()].filter((folder) => !kept.has(folder));
  for (const folder of removed) await removeAll(store, folder);
  for (const leftovers of [place.claims, place.projections]) {
    for (const [folder, modifiedAt] of await newestByFolder(store, leftovers)) {
      if (modifiedAt < before) await removeAll(store, folder);
    }
  }
  if (parseUri(place.internal)?.kind === 'file') await removeDrafts(pathOf(place.internal), before);
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
    for (const location of [...locations, ...(manifest.rejects ?? [])]) {
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
