import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const lookMilliseconds = 200;

/**
 * What `work` answers, done while no other process does the like under the same lock file. Waits for one that does; a lock
 * whose process is gone does not count. `onWait` is told once. Throws the signal's reason, and what `work` throws.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, signal }: { readonly onWait?: () => void; readonly signal?: AbortSignal } = {},
): Promise<T> {
  let said = false;
  while (!(await taken(file))) {
    const holder = await holderOf(file);
    if (holder !== undefined && !isAlive(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (!said) onWait?.();
    said = true;
    await sleep(lookMilliseconds, undefined, signal && { signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Whether the lock is ours now. */
async function taken(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined for a lock that is gone, or is being written. */
async function holderOf(file: string): Promise<number | undefined> {
  return Number(await readFile(file, 'utf8').catch(() => '')) || undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
