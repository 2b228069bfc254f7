import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './fileErrors';

const draftPrefix = '.draft-';

/** Returns the name of an unfinished file, which readers and listings ignore. */
export function draftName(unique: string): string {
  return `${draftPrefix}${unique}`;
}

export function isDraft(name: Buffer): boolean {
  return name.subarray(0, draftPrefix.length).equals(Buffer.from(draftPrefix));
}

/** Removes the drafts below a folder that were last written before the given time. */
export async function removeDrafts(folder: string, before: Date): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeDrafts(path, before);
    else if (entry.name.startsWith(draftPrefix) && (await stat(path)).mtime < before) await rm(path, { force: true });
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
