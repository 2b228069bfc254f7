import { statfs } from 'node:fs/promises';
import { StorageError } from '@etl/storage/objectStore';
import { makeScratchFolder } from '@etl/storage/scratchFolder';
import { BadConfigurationError } from '../errors';

/** The part in progress, and the previous one while it is uploaded. */
const partsAtOnce = 2;

/** Keys as read, those of the previous part, and the latter in order. */
const keyFiles = 3;

/**
 * Creates this launch's scratch folder.
 * @throws {BadConfigurationError} if the folder cannot be created in `parent`
 */
export async function openScratch(parent: string): Promise<string> {
  try {
    return await makeScratchFolder(parent);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    const reason = (error as Error).message;
    throw new BadConfigurationError(
      `cannot create a scratch folder in ${parent}: ${reason}: set SCRATCH_DIR to a writable folder`,
    );
  }
}

/**
 * Checks that the scratch folder has room for a conversion: two parts of `chunkRows` rows and their keys, independent of
 * the file's size. A part is rarely larger than its source rows.
 *
 * @throws {StorageError} `NoSpace` if the room is insufficient
 */
export async function checkScratch(
  folder: string,
  {
    rowBytes,
    chunkRows,
    maxBytes,
    keyBytes,
  }: {
    readonly rowBytes: number;
    readonly chunkRows: number;
    readonly maxBytes: number;
    /** Bytes of keys for each row. */
    readonly keyBytes: number;
  },
): Promise<void> {
  const parts = Math.min(partsAtOnce * chunkRows * rowBytes, maxBytes);
  const needed = parts + keyFiles * keyBytes * Math.min(chunkRows, maxBytes);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new StorageError(
    'NoSpace',
    folder,
    `scratch space for ${partsAtOnce} parts of ${chunkRows} rows is about ${megabytes(needed)}, but ${megabytes(free)} are free`,
  );
}
