import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const enough = 2 * 1024 ** 3;

/**
 * The parent of folders for many small files, in memory where there is room for it. Every file that is stored is synced:
 * on a disk, such a test would wait for that and little else.
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
