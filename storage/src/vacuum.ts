import { randomUUID } from 'node:crypto';
import { joinUri, parseUri } from '@etl/lib/uri';
import { type BatchLayout, commitsRoot } from '@etl/pipeline/layout';
import { newestCommitNumber } from './commitLog';
import { folders } from './folders';
import { inGroups } from './inGroups';
import type { ObjectStore } from './objectStore';
import { deadline, examine, type Removable, type Retention } from './removable';
import { type TurnTimings, takeTurn, turnTimings } from './turns';

/** After every timestamp: dead writers write nothing more. */
const anyTime = new Date(8.64e15);

/**
 * Removes folders of a batch, of those that `examine` still finds removable. Idempotent, and safe beside launches of the
 * batch. A launch of the same run may adopt a folder that looks abandoned: it first writes to its work folder, then waits
 * for claims of removals, then gathers and commits. This function first writes a claim, then looks at the work folders.
 * So it either sees the launch, or the launch waits for it.
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
    // A claim that expires cannot be renewed here: a launch may have begun meanwhile.
    while (done < changes.length && turn.isFresh()) await changes[done++]?.();
    await turn.end();
    if (done === changes.length) return [...removed.values()];
  }
}

/** Returns functions that remove a folder's objects, and then its empty folders and unfinished writes. */
function removals(store: ObjectStore, { uri, objects }: Removable): (() => Promise<void>)[] {
  const removeRest = async () => {
    await store.removeUnfinished(uri, anyTime);
    if (parseUri(uri)?.kind === 'file') await folders.removeEmpty(uri);
  };
  const isFolder = !objects.includes(uri);
  return [...inGroups(objects, (object) => store.remove(object)), ...(isFolder ? [removeRest] : [])];
}

/** Removes unfinished writes of dead runs, which listings do not show: drafts and multipart uploads. */
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

/** Returns the time by the clock of the store, which may differ from this machine's by any amount. */
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
