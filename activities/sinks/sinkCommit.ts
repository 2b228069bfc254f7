import { type BatchLayout, layout } from '@etl/pipeline/layout';
import { commitFolderName } from '@etl/storage/commitFolder';
import { type Commit, readCommits } from '@etl/storage/commitLog';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { SinkInput } from '../contract';
import { type SinkCommit, SinkError } from '../ports';

export interface FoundCommit {
  readonly place: BatchLayout;
  readonly commit: SinkCommit;
}

/**
 * Returns a commit of a batch in the form that sinks read.
 * @param number number of the commit. @default the newest commit
 * @throws {StorageError} `NotFound` without such a commit
 * @throws {SinkError} for a commit of an earlier version, which has no commit folder
 */
export async function sinkCommit(
  store: Pick<ObjectStore, 'list' | 'readSmall'>,
  { destination, batch }: Pick<SinkInput, 'destination' | 'batch'>,
  number?: number,
): Promise<FoundCommit> {
  const place = layout(destination, batch);
  for await (const commit of readCommits(store, place)) {
    if (number === undefined || commit.number === number)
      return { place, commit: { batch, destination, ...commit, folder: folderOf(place, commit) } };
  }
  throw new StorageError('NotFound', place.commits, 'the batch has no commit: deliver its file first');
}

function folderOf(place: BatchLayout, { number, manifest }: Commit): string {
  const folder = place.commitFolder(commitFolderName(manifest));
  const isThere = manifest.parts.every(({ location }) => place.part(location).startsWith(`${folder}/`));
  if (isThere) return folder;
  throw new SinkError(
    `commit ${number} of ${place.commits} was made by an earlier version and has no commit folder: deliver the file again with --force`,
  );
}
