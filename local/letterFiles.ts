import { randomUUID } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The name of an event's letter: a later failure of the event replaces it. */
export const letterName = (key: string): string => `${key}.json`;

/** The key that a letter is named by; undefined for one of an earlier version. */
export const keyOfName = (name: string): string | undefined => /^([0-9a-f]{32})\./.exec(name)?.[1];

/**
 * Gives a letter a name that no new letter has, so that it can be looked at and removed on its own. It is listed all the
 * same: a process that dies now loses nothing. Returns the name; undefined when there is no such letter.
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

/** Undoes it. A letter that was written meanwhile is of a later failure, and stays instead. */
export async function putBack(folder: string, aside: string, name: string): Promise<void> {
  try {
    await link(join(folder, aside), join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await rm(join(folder, aside), { force: true });
}
