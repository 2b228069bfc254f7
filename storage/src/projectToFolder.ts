import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BatchLayout, manifestName, successName } from '@etl/pipeline/layout';
import { type Commit, manifestText, readNewestCommit } from './commitLog';
import { errnoOf, fileWork } from './fileErrors';
import { linkOrCopy, pathOf } from './fileStore';
import type { ObjectStore } from './objectStore';

/**
 * On files a whole new folder of hard links is built aside (below the batch's internal folder, where no reader looks),
 * and then takes the place of the old one by renames.
 */
export async function projectToFolder(store: ObjectStore, place: BatchLayout, commit: Commit): Promise<void> {
  const internal = pathOf(place.internal);
  const published = pathOf(place.published);
  const aside = join(internal, 'projection', randomUUID());
  const next = join(aside, 'next');
  await fileWork(place.published, async () => {
    try {
      await mkdir(next, { recursive: true });
      for (const part of commit.manifest.parts) {
        await linkOrCopy(join(internal, part.location), join(next, part.file));
      }
      await writeFile(join(next, manifestName), manifestText(commit.manifest));
      await writeFile(join(next, successName), '');
      await mkdir(dirname(published), { recursive: true });
      const newest = await readNewestCommit(store, place);
      if (newest?.number === commit.number) await swap(next, published, aside);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  });
}

/** A rename onto a folder that is not empty fails, so the old one is moved away first; whoever came between, too. */
async function swap(next: string, published: string, aside: string): Promise<void> {
  for (;;) {
    try {
      await rename(published, join(aside, randomUUID()));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
    try {
      return await rename(next, published);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
    }
  }
}
