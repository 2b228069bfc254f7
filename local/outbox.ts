import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeadLetters, Notifier } from '../activities/ports';

/** Messages as files, one a message, below `<folder>/<topic>/`; the first line also goes to `say`. */
export function createOutboxNotifier(folder: string, say: (line: string) => void): Notifier {
  return {
    async publish(message) {
      const id = await writeLetter(join(folder, message.topic), message);
      say(`${message.topic}: ${message.body.split('\n', 1)[0]}`);
      return id;
    },
  };
}

/** Dead letters as files, one a letter. */
export function createFileDeadLetters(folder: string): DeadLetters {
  return { send: (letter) => writeLetter(folder, letter) };
}

/** Names sort by time. Written whole or not at all. Returns the file's name. */
async function writeLetter(folder: string, letter: object): Promise<string> {
  await mkdir(folder, { recursive: true });
  const sentAt = new Date().toISOString();
  const id = `${sentAt.replace(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}.json`;
  const draft = join(folder, `.${id}`);
  await writeFile(draft, `${JSON.stringify({ sentAt, ...letter }, null, 2)}\n`);
  await rename(draft, join(folder, id));
  return id;
}
