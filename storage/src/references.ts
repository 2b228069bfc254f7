import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { childOf } from './batchFolders';
import { type Commit, readCommits } from './commitLog';
import type { ObjectStore } from './objectStore';

/** Objects and folders to which the commit log of a batch refers. */
export interface LogReferences {
  readonly newest: Commit | undefined;
  /** URIs of the objects to which commits refer. */
  readonly referenced: ReadonlySet<string>;
  /** Greatest number of a commit that refers to a commit folder, by URI of the folder. */
  readonly folders: ReadonlyMap<string, number>;
  /** IDs of the runs that have committed. */
  readonly ended: ReadonlySet<string>;
}

/** Reads the whole commit log. @throws {StorageError} as `readCommits` does */
export async function readReferences(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  place: BatchLayout,
): Promise<LogReferences> {
  const referenced = new Set<string>();
  const folders = new Map<string, number>();
  const ended = new Set<string>();
  let newest: Commit | undefined;
  for await (const commit of readCommits(store, place)) {
    const { number, manifest } = commit;
    newest ??= commit;
    ended.add(manifest.runId);
    for (const { location } of manifest.parts) {
      const uri = place.part(location);
      referenced.add(uri);
      const folder = childOf(place.commitFolders, uri);
      if (uri.startsWith(`${folder}/`) && !folders.has(folder)) folders.set(folder, number);
    }
    for (const file of [...(manifest.rejects ?? []), ...(manifest.coercions ?? [])]) {
      referenced.add(joinUri(place.internal, file));
    }
  }
  return { newest, referenced, folders, ended };
}
