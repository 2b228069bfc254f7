import { statfs } from 'node:fs/promises';
import { StorageError } from '@etl/storage/objectStore';
import { makeScratchFolder } from '@etl/storage/scratchFolder';
import { BadConfigurationError } from '../errors';

/** A part that is written, and the one before it that is on its way to the destination. */
const partsAtOnce = 2;

/**
 * Creates this launch's scratch folder.
 * @throws BadConfigurationError when none can be created in `parent`.
 */
export async function openScratch(parent: string): Promise<string> {
  try {
    return await makeScratchFolder(parent);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    const reason = (error as Error).message;
    throw new BadConfigurationError(
      `no scratch folder in ${parent}: ${reason}: set SCRATCH_DIR to a folder that can be written`,
    );
  }
}

/**
 * Throws `StorageError` (`NoSpace`) when the scratch folder has no room for what a conversion keeps there: parts of `chunkRows`
 * rows, whatever the size of the file. A part is hardly ever larger than the rows it was made of.
 */
export async function checkScratch(
  folder: string,
  {
    rowBytes,
    chunkRows,
    mostBytes,
  }: { readonly rowBytes: number; readonly chunkRows: number; readonly mostBytes: number },
): Promise<void> {
  const needed = Math.min(partsAtOnce * chunkRows * rowBytes, mostBytes);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new StorageError(
    'NoSpace',
    folder,
    `scratch space for ${partsAtOnce} parts of ${chunkRows} rows is about ${megabytes(needed)}, and ${megabytes(free)} are free`,
  );
}
