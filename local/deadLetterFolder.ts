import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '@etl/lib/json';
import type { DeadLetterBox, KeptLetter } from '../activities/ports';
import { keyOfName, putBack, setAside } from './letterFiles';

/** Creates a box over the letters that `createFileDeadLetters` writes. A missing folder counts as empty. */
export function createDeadLetterFolder(folder: string): DeadLetterBox {
  /** File names of detached letters, by letter ID. */
  const aside = new Map<string, string>();
  return {
    name: folder,
    async list(limit) {
      const names = (await namesIn(folder)).filter((name) => /^[^.].*\.json$/.test(name));
      const letters = await Promise.all(names.map((name) => readLetter(folder, name)));
      const sorted = letters
        .flatMap((letter) => letter ?? [])
        .sort((one, other) => (one.sentAt ?? '').localeCompare(other.sentAt ?? ''));
      return sorted.slice(0, limit);
    },
    async detach({ id, sentAt }) {
      const name = await setAside(folder, id);
      if (name === undefined) return async () => undefined;
      aside.set(id, name);
      const undo = async () => {
        aside.delete(id);
        await putBack(folder, name, id);
      };
      if ((await readLetter(folder, name))?.sentAt === sentAt) return undo;
      await undo();
      return undefined;
    },
    // Another process may have removed it.
    remove: ({ id }) => rm(join(folder, aside.get(id) ?? id), { force: true }),
    close: async () => undefined,
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Returns undefined if another process has removed the letter in the meantime. */
async function readLetter(folder: string, id: string): Promise<KeptLetter | undefined> {
  try {
    const text = await readFile(join(folder, id), 'utf8');
    const key = keyOfName(id);
    return { ...known(text), ...(key !== undefined && { key }), id };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function known(text: string): Omit<KeptLetter, 'id'> {
  try {
    const { sentAt, failureType, reason, workflowId, runId, event } = parseJson(text) as KeptLetter;
    const facts = Object.entries({ sentAt, failureType, reason, workflowId, runId }).filter(([, value]) => value);
    return { ...Object.fromEntries(facts), event };
  } catch {
    return { event: text };
  }
}
