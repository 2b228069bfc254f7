import { randomUUID } from 'node:crypto';
import { joinUri, parseUri } from '@etl/lib/uri';
import { type BatchLayout, commitsRoot } from '@etl/pipeline/layout';
import { newestCommitNumber } from './commitLog';
import { folders } from './folders';
import { inGroups } from './inGroups';
import type { ObjectStore } from './objectStore';
import { deadline, examine, type Removable, type Retention } from './removable';
import { type TurnTimings, takeTurn, turnTimings } from './turns';

/** Later than every timestamp. All unfinished writes are removed, because their writers are dead. */
const anyTime = new Date(8.64e15);

/**
 * Removes the chosen folders of a batch that `examine` still finds removable. Idempotent. Launches of the batch may run at
 * the same time: a launch may adopt an abandoned folder of its run. The launch first writes to its work folder, then waits
 * for claims in `removals/`, then gathers and commits. This function first writes a claim, then lists the work folders.
 * Therefore, either it finds the launch, or the launch waits for it.
 *
 * @param chosen URIs of folders
 * @returns the folders that were removed
 */
export async function removeFolders(
  store: ObjectStore,
  place: BatchLayout,
  chosen: ReadonlySet<string>,
  retention: Retention,
  timings: TurnTimings = turnTimings,
): Promise<readonly Removable[]> {
  const removed = new Map<string, Removable>();
  for (;;) {
    const number = await newestCommitNumber(store, place);
    const turn = await takeTurn(store, { ...place, claims: place.removals }, number, timings);
    if (!turn) continue;
    const { removable } = await examine(store, place, retention);
    const due = removable.filter(({ uri }) => chosen.has(uri));
    for (const folder of due) removed.set(folder.uri, removed.get(folder.uri) ?? folder);
    const changes = due.flatMap((folder) => removals(store, folder));
    let done = 0;
    // An expired claim cannot be renewed here: a launch may have started in the meantime.
    while (done < changes.length && turn.isFresh()) await changes[done++]?.();
    await turn.end();
    if (done === changes.length) return [...removed.values()];
  }
}

/** Returns functions that remove the objects of a folder, then its unfinished writes and empty folders. */
function removals(store: ObjectStore, { uri, objects }: Removable): (() => Promise<void>)[] {
  const removeRest = async () => {
    await store.removeUnfinished(uri, anyTime);
    if (parseUri(uri)?.kind === 'file') await folders.removeEmpty(uri);
  };
  const isFolder = !objects.includes(uri);
  return [...inGroups(objects, (object) => store.remove(object)), ...(isFolder ? [removeRest] : [])];
}

/** Removes unfinished writes of dead runs: drafts and multipart uploads, which listings do not show. */
export async function removeUnfinishedWrites(
  store: Pick<ObjectStore, 'removeUnfinished'>,
  destination: string,
  dataset: string | undefined,
  retention: Retention,
): Promise<void> {
  for (const root of ['_etl', commitsRoot]) {
    const prefix = joinUri(destination, root, ...(dataset === undefined ? [] : [dataset]));
    await store.removeUnfinished(prefix, deadline(retention));
  }
}

/** Returns the time of the store's clock, which may differ from the clock of this machine. */
export async function storeTime(
  store: Pick<ObjectStore, 'write' | 'head' | 'remove'>,
  destination: string,
): Promise<Date> {
  const uri = joinUri(destination, '_etl', '_clock', randomUUID());
  await store.write(uri, '');
  try {
    return (await store.head(uri))?.modifiedAt ?? new Date(0);
  } finally {
    await store.remove(uri);
  }
}
