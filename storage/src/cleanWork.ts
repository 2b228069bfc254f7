import { baseName, joinUri, parseUri } from '@etl/lib/uri';
import { type BatchLayout, checkpointName, progressName } from '@etl/pipeline/layout';
import { readCommits } from './commitLog';
import { folders } from './folders';
import type { ObjectStore } from './objectStore';

export interface Launch {
  readonly runId: string;
  readonly generation: number;
}

export interface Cleaning {
  /** Longer than a run may take without writing. */
  readonly graceSeconds: number;
  /** Launches that have come to their end, and with them their runs. */
  readonly finished?: readonly Launch[];
  /** By the clock of the store. @default when the batch's work folders were last written, which is never later */
  readonly now?: Date;
}

/**
 * Removes what lies in the work folders of a batch and no commit refers to, and what killed writers left, as soon as it is
 * nobody's: a run is over once it says so or has committed, and taken for dead once its folders are older than the grace period.
 * While any other run may be alive nothing that can be adopted is removed, whosever it is. Returns the URIs of the
 * folders that are gone.
 */
export async function cleanWork(
  store: ObjectStore,
  place: BatchLayout,
  { graceSeconds, finished = [], ...clock }: Cleaning,
): Promise<string[]> {
  const { kept, over } = await readLog(store, place);
  for (const { runId } of finished) over.add(runId);
  const works = await readFolders(store, place.works);
  // This machine's clock may be days ahead of the store's.
  const now = clock.now ?? newestOf(works);
  const before = new Date(now.getTime() - graceSeconds * 1000);
  // Drafts of a killed writer are in no listing: where it wrote is known all the same.
  const launches = finished.flatMap(({ runId, generation }) =>
    Array.from({ length: generation }, (_, n) => place.work(runId, n + 1)),
  );
  for (const folder of launches) await store.removeUnfinished(folder, now);
  const alive = [...works].some(([folder, { newest }]) => newest >= before && !over.has(runOf(folder)));
  if (alive) return [];
  const gone: string[] = [];
  for (const folder of new Set([...works.keys(), ...launches])) {
    const objects = works.get(folder)?.objects ?? [];
    if (objects.some((uri) => kept.has(uri))) {
      for (const uri of objects) if (!kept.has(uri) && !isAccount(uri)) await store.remove(uri);
    } else {
      await removeAll(store, folder);
      if (objects.length > 0) gone.push(folder);
    }
  }
  for (const leftovers of [place.claims, place.projections]) {
    for (const [folder, { newest }] of await readFolders(store, leftovers)) {
      if (newest < before) await removeAll(store, folder);
    }
  }
  await store.removeUnfinished(place.internal, before);
  return gone;
}

/** What tells how a launch went, which is small. */
function isAccount(uri: string): boolean {
  return [checkpointName, progressName].includes(baseName(uri));
}

function runOf(folder: string): string {
  return baseName(folder).replace(/-\d+$/, '');
}

interface Folder {
  /** When anything in it was last written. */
  newest: Date;
  readonly objects: string[];
}

function newestOf(works: ReadonlyMap<string, Folder>): Date {
  return new Date(Math.max(0, ...[...works.values()].map(({ newest }) => newest.getTime())));
}

/** The direct children of a prefix. */
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

/** What the commits refer to, and the runs that made them. */
async function readLog(store: ObjectStore, place: BatchLayout): Promise<{ kept: Set<string>; over: Set<string> }> {
  const kept = new Set<string>();
  const over = new Set<string>();
  for await (const { manifest } of readCommits(store, place)) {
    over.add(manifest.runId);
    const locations = manifest.parts.map((part) => part.location);
    for (const location of [...locations, ...(manifest.rejects ?? []), ...(manifest.coercions ?? [])]) {
      kept.add(joinUri(place.internal, location));
    }
  }
  return { kept, over };
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
