import { randomUUID } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns the file name of an event's letter. A later failure of the event replaces the letter. */
export const letterName = (key: string): string => `${key}.json`;

/** Returns the key in a letter's file name, or undefined for a letter of an earlier version. */
export const keyOfName = (name: string): string | undefined => /^([0-9a-f]{32})\./.exec(name)?.[1];

/**
 * Renames a letter to a name that no new letter has, so that it can be inspected and removed on its own. It stays
 * listed, so the death of this process loses nothing. Returns the new name, or undefined if there is no such letter.
 */
export async function setAside(folder: string, name: string): Promise<string | undefined> {
  const aside = name.replace(/\.json$/, `.${randomUUID().slice(0, 8)}.json`);
  try {
    await rename(join(folder, name), join(folder, aside));
    return aside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Restores the name of a letter. If a later failure has written a letter with that name, keeps the later letter. */
export async function putBack(folder: string, aside: string, name: string): Promise<void> {
  try {
    await link(join(folder, aside), join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await rm(join(folder, aside), { force: true });
}
