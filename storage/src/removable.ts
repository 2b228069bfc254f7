import type { BatchLayout } from '@etl/pipeline/layout';
import {
  type BatchFolder,
  type BatchObject,
  foldersIn,
  readFolders,
  readObjects,
  runOf,
  workGraceSeconds,
} from './batchFolders';
import { type Commit, entryNumber } from './commitLog';
import type { ObjectStore } from './objectStore';
import { isProjected } from './projected';
import { readReferences } from './references';
import { readSinkStatus } from './sinkStatus';

export interface Retention {
  /** Days for which the folder of a replaced commit is kept, measured from the commit that replaced it. */
  readonly days: number;
  /** Current time of the store's clock. */
  readonly now: Date;
}

/**
 * `replaced`: parts of a commit that a later commit replaced. `unreferenced`: parts that a launch gathered but did not
 * commit. `abandoned`: work, claims and projections of dead runs.
 */
export type RemovableReason = 'replaced' | 'unreferenced' | 'abandoned';

export interface Removable {
  readonly uri: string;
  readonly reason: RemovableReason;
  /** Time at which the commit was replaced, or of the last write to the folder. */
  readonly since: Date;
  readonly objects: readonly string[];
  readonly bytes: number;
}

export interface Examined {
  readonly removable: readonly Removable[];
  /** Folders that exceed the retention but are still in use, with the reason. */
  readonly kept: readonly { readonly uri: string; readonly reason: string }[];
  /** URIs of objects that this program does not write. They are never removed. */
  readonly foreign: readonly string[];
}

/** Keys that this program writes, relative to `etl-commits/…/<source>`, `work`, `claims` or `removals`, and `projections`. */
const ownKeys = {
  commits: /^[\w-]+-[0-9a-f]{12}\/part-\d{5,}\.parquet$/,
  works: /^[\w-]+-\d+\/(?:again\/)?[\w-]+(?:\.[\w-]+)*$/,
  claims: /^\d+-[0-9a-f-]+$/,
  projections: /^\d+-[0-9a-f-]+\/next\/[\w-]+(?:\.[\w-]+)*$/,
} as const;

/**
 * Returns the folders that a batch no longer needs. Keeps:
 * - the folder of the newest commit;
 * - all commit folders while the newest commit is not published;
 * - commit folders of a run that wrote to its work folder within the grace period, and then also all work folders;
 * - if a sink lacks the newest commit, the folder of the commit that it has and of all later commits; all commit folders if
 *   it has none, or one that is newer than the log.
 *
 * @throws {StorageError} `NotFound` or `Corrupt` for a damaged commit log
 */
export async function examine(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  place: BatchLayout,
  { days, now }: Retention,
): Promise<Examined> {
  const cutoff = new Date(now.getTime() - days * 86_400_000);
  const deadBefore = deadline({ days, now });
  // The log is read last: a run that commits in the meantime is found either in its work folder or in the log.
  const internal = await readObjects(store, place.internal);
  const commits = await readFolders(store, place.commitFolders);
  const log = await readReferences(store, place);
  const entries = new Map(
    internal.flatMap(({ uri, modifiedAt }) => {
      const number = uri.startsWith(`${place.commits}/`) ? entryNumber(uri) : undefined;
      return number === undefined ? [] : [[number, modifiedAt]];
    }),
  );
  const below = (prefix: string, key: RegExp) => ownFolders(prefix, foldersIn(prefix, internal), key, log.referenced);
  const work = below(place.works, ownKeys.works);
  const parts = ownFolders(place.commitFolders, commits, ownKeys.commits);
  const aside = [
    below(place.claims, ownKeys.claims),
    below(place.removals, ownKeys.claims),
    below(place.projections, ownKeys.projections),
  ];

  const alive = new Set(work.folders.filter(({ newest }) => newest >= deadBefore).map(({ uri }) => runOf(uri)));
  const old = parts.folders.flatMap((folder) => {
    const commit = log.folders.get(folder.uri);
    if (commit !== undefined && commit === log.newest?.number) return [];
    const since = commit === undefined ? folder.newest : (entries.get(commit + 1) ?? now);
    if (since >= cutoff) return [];
    return [{ ...folder, commit, since }];
  });
  const keeps = old.length === 0 ? () => undefined : await reasonsToKeep(store, place, internal, log.newest);
  const inUse = old.map((folder) => ({
    ...folder,
    keep: alive.has(runOf(folder.uri)) ? recentRun : keeps(folder.commit),
  }));
  const leftovers = [...(alive.size === 0 ? work.folders : []), ...aside.flatMap(({ folders }) => folders)];
  const dead = leftovers.filter(({ newest }) => newest < deadBefore);
  return {
    removable: [
      ...inUse
        .filter(({ keep }) => keep === undefined)
        .map(({ commit, ...folder }) => removable(folder, commit === undefined ? 'unreferenced' : 'replaced')),
      ...dead.map((folder) => removable({ ...folder, since: folder.newest }, 'abandoned')),
    ],
    kept: inUse.flatMap(({ uri, keep }) => (keep === undefined ? [] : [{ uri, reason: keep }])),
    foreign: [work, parts, ...aside].flatMap(({ foreign }) => foreign),
  };
}

/** Why a folder is kept whose run may still be active: it may wait for an approval. */
const recentRun = `its run wrote less than ${workGraceSeconds / 86_400} days ago`;

/** Returns the time before which a run must have made its last write to count as dead. */
export function deadline({ days, now }: Retention): Date {
  return new Date(now.getTime() - Math.max(days * 86_400, workGraceSeconds) * 1000);
}

interface OwnFolder {
  readonly uri: string;
  readonly newest: Date;
  readonly objects: readonly { readonly uri: string; readonly bytes: number }[];
}

/** Returns the folders with the objects that this program has written, without referenced objects. */
function ownFolders(
  prefix: string,
  found: ReadonlyMap<string, BatchFolder>,
  key: RegExp,
  referenced: ReadonlySet<string> = new Set(),
) {
  const folders: OwnFolder[] = [];
  const foreign: string[] = [];
  for (const [uri, { objects }] of found) {
    const isOwn = (object: string) => key.test(object.slice(prefix.length + 1));
    foreign.push(...objects.flatMap((object) => (isOwn(object.uri) ? [] : [object.uri])));
    const mine = objects.filter((object) => isOwn(object.uri) && !referenced.has(object.uri));
    const newest = new Date(Math.max(...mine.map(({ modifiedAt }) => modifiedAt.getTime())));
    if (mine.length > 0) folders.push({ uri, newest, objects: mine });
  }
  return { folders, foreign };
}

function removable({ uri, since, objects }: OwnFolder & { readonly since: Date }, reason: RemovableReason): Removable {
  const bytes = objects.reduce((sum, each) => sum + each.bytes, 0);
  return { uri, reason, since, objects: objects.map((object) => object.uri), bytes };
}

/** Returns a function that returns why a commit folder is in use; its argument is undefined for an unreferenced folder. */
async function reasonsToKeep(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  place: BatchLayout,
  internal: readonly BatchObject[],
  newest: Commit | undefined,
): Promise<(commit: number | undefined) => string | undefined> {
  if (newest && !(await isProjected(store, place, newest.manifest)))
    return () => 'the publication of the newest commit is unfinished';
  const behind: { readonly sink: string; readonly from: number }[] = [];
  for (const uri of foldersIn(place.sinks, internal).keys()) {
    const sink = decodeURIComponent(uri.slice(place.sinks.length + 1));
    const applied = (await readSinkStatus(store, place, sink))?.applied ?? 0;
    // A sink that is ahead of the log uses a folder to which the log does not refer.
    if (applied !== newest?.number) behind.push({ sink, from: applied > (newest?.number ?? 0) ? 0 : applied });
  }
  return (commit) => {
    const user = behind.find(({ from }) => from === 0 || (commit !== undefined && commit >= from));
    return user && `the sink ${user.sink} lacks the newest commit`;
  };
}
