import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const enough = 2 * 1024 ** 3;

/**
 * Returns a parent for folders with many small files, in memory if there is room. Every stored file is synced, which
 * takes most of the time of such a test on a disk.
 */
export function memoryFolder(): string {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > enough ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}
