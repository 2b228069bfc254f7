import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReceivedMessage, Side } from './side';

/** Reads the messages of an outbox (local/outbox.ts), in the order they were sent. */
export async function readMessages(folder: string): Promise<ReceivedMessage[]> {
  const found: (ReceivedMessage & { sentAt: string })[] = [];
  for (const topic of await names(folder)) {
    for (const { subject, body, sentAt } of await readLetters<{ subject: string; body: string }>(join(folder, topic))) {
      found.push({ topic, subject, firstLine: body.split('\n', 1)[0] ?? '', sentAt });
    }
  }
  found.sort(bySentAt);
  return found.map(({ sentAt: _, ...message }) => message);
}

/** Reads the dead letters of a folder, in the order they were sent. */
export async function readDeadLetters(folder: string): Promise<Side['deadLetters']> {
  const letters = await readLetters<{ failureType: string; event: unknown }>(folder);
  return letters.map(({ failureType, event }) => ({ failureType, event }));
}

async function readLetters<T>(folder: string): Promise<(T & { sentAt: string })[]> {
  const files = (await names(folder)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const letters = texts.map((text) => JSON.parse(text) as T & { sentAt: string });
  return letters.sort(bySentAt);
}

const bySentAt = (one: { sentAt: string }, other: { sentAt: string }): number => one.sentAt.localeCompare(other.sentAt);

/** Returns the names in a folder. A missing folder counts as empty, because nothing was sent. */
async function names(folder: string): Promise<string[]> {
  const all = await readdir(folder).catch(() => []);
  return all.filter((name) => !name.startsWith('.'));
}
