import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventKey, type LetterPlaces } from '@etl/pipeline/deadLetters/eventKey';
import type { DeadLetters, Notifier } from '../activities/ports';
import { letterName, putBack, setAside } from './letterFiles';
import { ownerOnly } from './places';

/**
 * Creates a notifier that writes each message to a file below `<folder>/<topic>/` and passes its first line to `log`.
 * The file names sort by time.
 */
export function createOutboxNotifier(folder: string, log: (line: string) => void): Notifier {
  return {
    async publish(message) {
      const sentAt = new Date().toISOString();
      const name = `${sentAt.replace(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}.json`;
      await writeLetter(join(folder, message.topic), name, { sentAt, ...message });
      log(`${message.topic}: ${message.body.split('\n', 1)[0]}`);
      return name;
    },
  };
}

const nowhere: LetterPlaces = { rawBase: undefined, cleanBase: '' };

/**
 * Stores dead letters as files, one per event: the latest failure replaces the earlier letter. A letter's ID is its
 * file name.
 */
export function createFileDeadLetters(folder: string, places: LetterPlaces = nowhere): DeadLetters {
  return {
    async send(letter, failedAt = new Date()) {
      const name = letterName(letter.key ?? eventKey(letter.event, places));
      await writeLetter(folder, name, { sentAt: failedAt.toISOString(), ...letter });
      return name;
    },
    async delivered(key, startedAt) {
      const aside = await setAside(folder, letterName(key));
      if (aside === undefined) return;
      const { sentAt } = JSON.parse(await readFile(join(folder, aside), 'utf8')) as { sentAt: string };
      if (Date.parse(sentAt) < startedAt.getTime()) await rm(join(folder, aside), { force: true });
      else await putBack(folder, aside, letterName(key));
    },
  };
}

/** Writes a letter atomically. */
async function writeLetter(folder: string, name: string, letter: object): Promise<void> {
  await mkdir(folder, { recursive: true, mode: ownerOnly });
  const draft = join(folder, `.${randomUUID()}-${name}`);
  await writeFile(draft, `${JSON.stringify(letter, null, 2)}\n`);
  await rename(draft, join(folder, name));
}
