import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, mapFileErrors } from './fileErrors';
import { pathOf } from './fileStore';

/** Operations on whole folders, which S3 does not have. */
export interface Folders {
  /** Moves a folder. `absent`: the folder does not exist. `occupied`: the target exists and is not empty. */
  move(from: string, to: string): Promise<'moved' | 'absent' | 'occupied'>;
  remove(uri: string): Promise<void>;
  /** Removes a folder and its subfolders as far as they contain no files. */
  removeEmpty(uri: string): Promise<void>;
}

export const folders: Folders = {
  move: (from, to) =>
    mapFileErrors(to, async () => {
      const [source, target] = [pathOf(from), pathOf(to)];
      await mkdir(dirname(target), { recursive: true });
      try {
        await rename(source, target);
        return 'moved';
      } catch (error) {
        const errno = errnoOf(error);
        if (errno === 'ENOENT') return 'absent';
        if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return 'occupied';
        throw error;
      }
    }),
  remove: (uri) => mapFileErrors(uri, () => rm(pathOf(uri), { recursive: true, force: true })),
  removeEmpty: (uri) => mapFileErrors(uri, () => removeEmpty(pathOf(uri))),
};

async function removeEmpty(path: string): Promise<void> {
  try {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) await removeEmpty(join(path, entry.name));
    }
    await rmdir(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
  }
}
