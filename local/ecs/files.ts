import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** The file's JSON; undefined when there is no such file. Files here are written whole or not at all. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Creates the file whole. False, and nothing changed, when it exists: the first writer wins, whatever the process. */
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

/** Replaces the file whole. */
export async function replaceJson(path: string, value: unknown): Promise<void> {
  await rename(await writeDraft(path, value), path);
}

/** Owner only: what a task is told may be confidential. */
async function writeDraft(path: string, value: unknown): Promise<string> {
  const draft = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  await writeFile(draft, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  return draft;
}

/** Whether a system call failed with this code. By its shape: an error may come from another realm than this one. */
export function isCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | undefined)?.code === code;
}
