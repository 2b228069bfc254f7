import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './fileErrors';

const draftPrefix = '.draft-';

/** The name of a file that is still being written; readers and listings pass it over. */
export function draftName(unique: string): string {
  return `${draftPrefix}${unique}`;
}

/**
 * Relative paths of all files below a folder, in the order in which S3 lists keys; with `after`, those that come behind it.
 * Nothing there: nothing.
 */
export async function* walk(folder: string, prefix = '', after = ''): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(folder, prefix))) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      // A folder that comes before, and does not hold it, has nothing behind it.
      if (isBehind(`${path}/`, after) || after.startsWith(`${path}/`)) yield* walk(folder, path, after);
    } else if (entry.isFile() && !entry.name.startsWith(draftPrefix) && isBehind(path, after)) yield path;
  }
}

const isBehind = (path: string, after: string): boolean => Buffer.compare(Buffer.from(path), Buffer.from(after)) > 0;

/** Removes drafts below a folder that a killed writer left before the given time. */
export async function removeDrafts(folder: string, before: Date): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeDrafts(path, before);
    else if (entry.name.startsWith(draftPrefix) && (await stat(path)).mtime < before) await rm(path, { force: true });
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Keys are ordered by their UTF-8 bytes, and a folder's name is followed by its slash: `a-b` comes before `a/b`. */
function sortKey(entry: Dirent): Buffer {
  return Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name);
}
