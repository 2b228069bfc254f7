import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, fileWork } from './fileErrors';
import { pathOf } from './fileStore';

/** What a file system can do with a whole folder, and S3 cannot. */
export interface Folders {
  /** `absent`: there is no such folder. `occupied`: something is at the target. Nothing was moved then. */
  move(from: string, to: string): Promise<'moved' | 'absent' | 'occupied'>;
  remove(uri: string): Promise<void>;
}

export const folders: Folders = {
  move: (from, to) =>
    fileWork(to, async () => {
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
  remove: (uri) => fileWork(uri, () => rm(pathOf(uri), { recursive: true, force: true })),
};
