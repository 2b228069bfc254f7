import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import { baseName, joinUri } from '@etl/pipeline/uri';
import { type Commit, manifestText, readNewestCommit } from './commitLog';
import type { ObjectStore } from './objectStore';

/**
 * S3 has no folder to swap: `_SUCCESS` goes first and comes last, and in between the parts are replaced one by one.
 * A newer commit is looked for before each step, so that one who was overtaken stops overwriting at once; the caller
 * then projects the newer one.
 */
export async function projectToBucket(store: ObjectStore, place: BatchLayout, commit: Commit): Promise<void> {
  const at = (name: string) => joinUri(place.published, name);
  const overtaken = async () => (await readNewestCommit(store, place))?.number !== commit.number;
  const { manifest } = commit;

  await store.remove(at(successName));
  for (const part of manifest.parts) {
    if (await overtaken()) return;
    await store.copy(joinUri(place.internal, part.location), at(part.file));
  }
  const wanted = new Set([manifestName, ...manifest.parts.map((part) => part.file)]);
  for await (const { uri } of store.list(place.published)) {
    if (!wanted.has(baseName(uri))) await store.remove(uri);
  }
  if (await overtaken()) return;
  await store.write(at(manifestName), manifestText(manifest));
  if (await overtaken()) return;
  await store.write(at(successName), '');
}
