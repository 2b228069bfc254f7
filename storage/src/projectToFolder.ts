import { randomUUID } from 'node:crypto';
import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import { type Commit, manifestText } from './commitLog';
import type { Folders } from './folders';
import { type ObjectStore, StorageError } from './objectStore';
import { isProjected } from './projected';
import type { Turn } from './turns';

/**
 * Projects a commit to a folder: builds a new folder of hard links below the batch's internal folder, which readers
 * ignore, and swaps it with the published one by renames.
 */
export async function projectToFolder(
  store: ObjectStore,
  folders: Folders,
  place: BatchLayout,
  commit: Commit,
  turn: Pick<Turn, 'mayProceed'>,
): Promise<void> {
  const aside = joinUri(place.projections, `${commit.number}-${randomUUID()}`);
  const next = joinUri(aside, 'next');
  try {
    for (const part of commit.manifest.parts) {
      await store.copy(place.part(part.location), joinUri(next, part.file));
    }
    await store.write(joinUri(next, manifestName), manifestText(commit.manifest));
    await store.write(joinUri(next, successName), '');
    // Another projector of this commit may have finished first: skips the swap, during which the folder is briefly
    // absent.
    if (await isProjected(store, place, commit.manifest)) return;
    await swap(folders, turn, next, place.published, aside);
  } finally {
    await folders.remove(aside);
  }
}

/**
 * A rename onto a folder that is not empty fails, so moves the old one away first, and any that replaced it meanwhile.
 */
async function swap(
  folders: Folders,
  turn: Pick<Turn, 'mayProceed'>,
  next: string,
  published: string,
  aside: string,
): Promise<void> {
  while (await turn.mayProceed()) {
    await folders.move(published, joinUri(aside, randomUUID()));
    if (!(await turn.mayProceed())) return;
    const moved = await folders.move(next, published);
    if (moved === 'moved') return;
    if (moved === 'absent')
      throw new StorageError('NotFound', next, 'another process removed the folder during publication');
  }
}
