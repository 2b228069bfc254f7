import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '@etl/lib/processIdentity';

/** The process that holds a lock, with its facts. */
export interface Holder<Facts extends object = object> extends ProcessIdentity {
  /** ISO 8601. */
  readonly since: string;
  readonly facts: Facts;
}

/** A lock of this process, or the process that holds it. */
export type Lock<Facts extends object = object> =
  | { readonly release: () => Promise<void> }
  | { readonly holder: Holder<Facts> };

/**
 * Takes the lock `file` unless a living process holds it. A killed process holds no lock, even if its ID is reused.
 *
 * The lock is the newest of the files `<file>.1`, `<file>.2`, … Each is created atomically, with its holder in it, if
 * absent, and only after the newest one was found to be stale. A stale file is never replaced: two processes that both
 * found it stale could otherwise remove each other's lock. Numbers start again at 1 after a release. Therefore a process
 * withdraws its file if, after creating it, it finds the file of another living process: of two processes that created
 * one, the later to look finds the other's.
 */
export async function tryLock<Facts extends object>(file: string, facts: Facts): Promise<Lock<Facts>> {
  const self = identify(process.pid) ?? { pid: process.pid, started: '' };
  const draft = `${file}.${randomUUID()}.draft`;
  await mkdir(dirname(file), { recursive: true });
  const holder: Holder<Facts> = { ...self, since: new Date().toISOString(), facts };
  await writeFile(draft, JSON.stringify(holder));
  try {
    for (;;) {
      const newest = Math.max(0, ...(await numbersOf(file)));
      const held = newest > 0 && (await readHolder<Facts>(numbered(file, newest)));
      if (held && isAlive(held)) return { holder: held };
      const own = newest + 1;
      if (!(await created(draft, numbered(file, own)))) continue;
      const others = (await numbersOf(file)).filter((number) => number !== own);
      const holders = await Promise.all(others.map((number) => readHolder(numbered(file, number))));
      if (holders.some((other) => other && isAlive(other))) {
        await rm(numbered(file, own), { force: true });
        continue;
      }
      await Promise.all(others.map((number) => rm(numbered(file, number), { force: true })));
      return { release: () => rm(numbered(file, own), { force: true }) };
    }
  } finally {
    await rm(draft, { force: true });
  }
}

const pollMilliseconds = 200;

/**
 * Runs `work` while no other process holds the lock `file`, and returns its result. Waits for the holder, and calls
 * `onWait` once if it has to wait.
 * @throws the abort reason of the signal, and the errors of `work`
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, signal }: { readonly onWait?: () => void; readonly signal?: AbortSignal } = {},
): Promise<T> {
  let lock = await tryLock(file, {});
  if ('holder' in lock) onWait?.();
  while ('holder' in lock) {
    await sleep(pollMilliseconds, undefined, signal && { signal });
    lock = await tryLock(file, {});
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

const numbered = (file: string, number: number): string => `${file}.${number}`;

async function numbersOf(file: string): Promise<number[]> {
  const prefix = `${basename(file)}.`;
  const names = await readdir(dirname(file));
  return names.flatMap((name) => {
    const number = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    return /^\d+$/.test(number) ? [Number(number)] : [];
  });
}

/** Returns false if another process was faster. */
async function created(draft: string, target: string): Promise<boolean> {
  try {
    await link(draft, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Returns undefined if the lock was released in the meantime. */
async function readHolder<Facts extends object>(path: string): Promise<Holder<Facts> | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder<Facts>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
