import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeadLetterBox, KeptLetter } from '../activities/ports';

/** The letters that `createFileDeadLetters` writes. A folder that is not there is empty. */
export function createDeadLetterFolder(folder: string): DeadLetterBox {
  return {
    name: folder,
    async list(limit) {
      const names = (await namesIn(folder)).filter((name) => /^[^.].*\.json$/.test(name)).sort();
      const letters = await Promise.all(names.slice(0, limit).map((name) => readLetter(folder, name)));
      return letters.flatMap((letter) => letter ?? []);
    },
    remove: ({ id }) => unlink(join(folder, id)),
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

/** Undefined when somebody has removed it in the meantime. */
async function readLetter(folder: string, id: string): Promise<KeptLetter | undefined> {
  try {
    const text = await readFile(join(folder, id), 'utf8');
    return { ...known(text), id };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function known(text: string): Omit<KeptLetter, 'id'> {
  try {
    const { sentAt, failureType, reason, workflowId, runId, event } = JSON.parse(text) as KeptLetter;
    const facts = Object.entries({ sentAt, failureType, reason, workflowId, runId }).filter(([, value]) => value);
    return { ...Object.fromEntries(facts), event };
  } catch {
    return { event: text };
  }
}
