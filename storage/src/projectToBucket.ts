import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import type { Part } from '@etl/pipeline/manifest';
import { type Commit, manifestText } from './commitLog';
import { inGroups } from './inGroups';
import { type ObjectStore, StorageError } from './objectStore';
import type { Turn } from './turns';

/**
 * Projects a commit to S3, which cannot swap folders: removes `_SUCCESS` and the manifest first, replaces the parts one
 * by one, and writes both last. The manifest is removed too, so that a reader who checks it again after the parts
 * detects the change.
 *
 * @throws {StorageError} `Corrupt` if a published part does not have the committed size
 */
export async function projectToBucket(
  store: ObjectStore,
  place: BatchLayout,
  { manifest }: Commit,
  turn: Pick<Turn, 'mayProceed'>,
): Promise<void> {
  const at = (name: string) => joinUri(place.published, name);
  const first: Change[] = [() => store.remove(at(successName)), () => store.remove(at(manifestName))];
  const last: Change[] = [
    () => store.write(at(manifestName), manifestText(manifest)),
    () => store.write(at(successName), ''),
  ];
  if (!(await inTurn(turn, first))) return;
  const copies = inGroups(manifest.parts, ({ location, file }) => store.copy(place.part(location), at(file)));
  if (!(await inTurn(turn, [...copies]))) return;
  const { surplus, missing } = await compare(store, place, manifest.parts);
  if (
    !(await inTurn(
      turn,
      surplus.map((uri) => () => store.remove(uri)),
    ))
  )
    return;
  if (!(await turn.mayProceed())) return;
  // Checked only now: after a newer commit, parts of other sizes are expected.
  if (missing !== undefined) {
    const remedy = 'Publish the batch again: launch its task, or run etl doctor --mend';
    throw new StorageError('Corrupt', missing, 'the published part does not have the committed size', { remedy });
  }
  await inTurn(turn, last);
}

type Change = () => Promise<void>;

/** Applies the changes in order. Returns false if a newer commit exists; the remaining changes are then skipped. */
async function inTurn(turn: Pick<Turn, 'mayProceed'>, changes: readonly Change[]): Promise<boolean> {
  for (const change of changes) {
    if (!(await turn.mayProceed())) return false;
    await change();
  }
  return true;
}

/**
 * Returns the published objects that are not parts of the batch, and the first part that is missing or has another
 * size.
 */
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
