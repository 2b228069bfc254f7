import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import { type Commit, manifestText } from './commitLog';
import { type ObjectStore, StorageError } from './objectStore';
import type { Turn } from './turns';

const copiesAtOnce = 8;

/**
 * S3 has no folder to swap: `_SUCCESS` and the manifest go first and come last, and in between the parts are replaced one
 * by one. The manifest goes too, so that a reader who looks at it again after the parts knows that they changed.
 */
export async function projectToBucket(
  store: ObjectStore,
  place: BatchLayout,
  { manifest }: Commit,
  turn: Pick<Turn, 'mayGoOn'>,
): Promise<void> {
  const at = (name: string) => joinUri(place.published, name);
  const first: Change[] = [() => store.remove(at(successName)), () => store.remove(at(manifestName))];
  const last: Change[] = [
    () => store.write(at(manifestName), manifestText(manifest)),
    () => store.write(at(successName), ''),
  ];
  if (!(await inTurn(turn, first))) return;
  if (!(await inTurn(turn, copies(store, place, manifest.parts)))) return;
  const { surplus, missing } = await compare(store, place, manifest.parts);
  if (
    !(await inTurn(
      turn,
      surplus.map((uri) => () => store.remove(uri)),
    ))
  )
    return;
  if (!(await turn.mayGoOn())) return;
  // Only now: for one who was overtaken it is no wonder that parts are not his.
  if (missing !== undefined) {
    throw new StorageError(
      'Corrupt',
      missing,
      'the published part is not of the size that was committed: publish again',
    );
  }
  await inTurn(turn, last);
}

type Change = () => Promise<void>;

/** Makes the changes one after the other. False: a newer commit is there, and the rest was left. */
async function inTurn(turn: Pick<Turn, 'mayGoOn'>, changes: readonly Change[]): Promise<boolean> {
  for (const change of changes) {
    if (!(await turn.mayGoOn())) return false;
    await change();
  }
  return true;
}

/** Some at once; each change ends when the last of them has ended, whatever became of the others: none may land later. */
function copies(store: ObjectStore, place: BatchLayout, parts: readonly Part[]): Change[] {
  const changes: Change[] = [];
  for (let first = 0; first < parts.length; first += copiesAtOnce) {
    changes.push(async () => {
      const running = parts
        .slice(first, first + copiesAtOnce)
        .map(({ location, file }) => store.copy(joinUri(place.internal, location), joinUri(place.published, file)));
      for (const copy of await Promise.allSettled(running)) if (copy.status === 'rejected') throw copy.reason;
    });
  }
  return changes;
}

/** What lies there and is no part of the batch, and the first part that is not there with its size. */
async function compare(store: ObjectStore, place: BatchLayout, parts: readonly Part[]) {
  const sizes = new Map(parts.map((part) => [joinUri(place.published, part.file), part.bytes]));
  const missing = new Set(sizes.keys());
  const surplus: string[] = [];
  for await (const { uri, bytes } of store.list(place.published)) {
    if (!sizes.has(uri)) surplus.push(uri);
    else if (sizes.get(uri) === bytes) missing.delete(uri);
  }
  return { surplus, missing: [...missing][0] };
}
