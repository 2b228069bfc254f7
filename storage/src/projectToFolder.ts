import { randomUUID } from 'node:crypto';
import { joinUri } from '@etl/lib/uri';
import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import { type Commit, manifestText } from './commitLog';
import type { Folders } from './folders';
import { type ObjectStore, StorageError } from './objectStore';
import { isProjected } from './projected';
import type { Turn } from './turns';

/**
 * On files a whole new folder of hard links is built aside (below the batch's internal folder, where no reader looks),
 * and then takes the place of the old one by renames.
 */
export async function projectToFolder(
  store: ObjectStore,
  folders: Folders,
  place: BatchLayout,
  commit: Commit,
  turn: Pick<Turn, 'mayGoOn'>,
): Promise<void> {
  const aside = joinUri(place.projections, `${commit.number}-${randomUUID()}`);
  const next = joinUri(aside, 'next');
  try {
    for (const part of commit.manifest.parts) {
      await store.copy(joinUri(place.internal, part.location), joinUri(next, part.file));
    }
    await store.write(joinUri(next, manifestName), manifestText(commit.manifest));
    await store.write(joinUri(next, successName), '');
    // Another projector of this commit may have been quicker: each swap is an instant without the folder.
    if (await isProjected(store, place, commit.manifest)) return;
    await swap(folders, turn, next, place.published, aside);
  } finally {
    await folders.remove(aside);
  }
}

/** A rename onto a folder that is not empty fails, so the old one is moved away first; whoever came between, too. */
async function swap(
  folders: Folders,
  turn: Pick<Turn, 'mayGoOn'>,
  next: string,
  published: string,
  aside: string,
): Promise<void> {
  while (await turn.mayGoOn()) {
    await folders.move(published, joinUri(aside, randomUUID()));
    if (!(await turn.mayGoOn())) return;
    const moved = await folders.move(next, published);
    if (moved === 'moved') return;
    if (moved === 'absent')
      throw new StorageError('NotFound', next, 'somebody removed it while it was being published');
  }
}
