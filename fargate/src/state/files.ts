import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Reads a JSON file. Returns undefined if it does not exist. Files here are written atomically. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Creates a file atomically. Returns false and changes nothing if it exists: across processes, the first writer wins.
 */
export async function createJson(path: string, value: unknown): Promise<boolean> {
  const draft = await writeDraft(path, value);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces a file atomically. */
export async function replaceJson(path: string, value: unknown): Promise<void> {
  await rename(await writeDraft(path, value), path);
}

/** Readable by the owner only: a task's record may be confidential. */
async function writeDraft(path: string, value: unknown): Promise<string> {
  const draft = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  await writeFile(draft, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  return draft;
}

/**
 * Returns whether a system call failed with this code. Checks the error's shape, because it may come from another
 * realm.
 */
export function isCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | undefined)?.code === code;
}
