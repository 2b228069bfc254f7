import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import { joinUri } from '@etl/pipeline/uri';
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
  await store.remove(at(successName));
  await store.remove(at(manifestName));
  for (let first = 0; first < manifest.parts.length; first += copiesAtOnce) {
    if (!(await turn.mayGoOn())) return;
    await copyAll(store, place, manifest.parts.slice(first, first + copiesAtOnce));
  }
  if (!(await turn.mayGoOn())) return;
  await keepOnly(store, place, manifest.parts);
  if (!(await turn.mayGoOn())) return;
  await store.write(at(manifestName), manifestText(manifest));
  await store.write(at(successName), '');
}

/** Ends when the last copy has ended, whatever became of the others: none may land later. */
async function copyAll(store: ObjectStore, place: BatchLayout, parts: readonly Part[]): Promise<void> {
  const copies = parts.map(({ location, file }) =>
    store.copy(joinUri(place.internal, location), joinUri(place.published, file)),
  );
  for (const copy of await Promise.allSettled(copies)) if (copy.status === 'rejected') throw copy.reason;
}

/** Removes what is no part of the batch, and makes sure that everything else is there. */
async function keepOnly(store: ObjectStore, place: BatchLayout, parts: readonly Part[]): Promise<void> {
  const wanted = new Map(parts.map((part) => [joinUri(place.published, part.file), part.bytes]));
  for await (const { uri, bytes } of store.list(place.published)) {
    const expected = wanted.get(uri);
    if (expected === undefined) await store.remove(uri);
    else if (expected === bytes) wanted.delete(uri);
  }
  for (const [uri, bytes] of wanted) {
    throw new StorageError('Corrupt', uri, `the published part is not the ${bytes} bytes of its commit: publish again`);
  }
}
