import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileUri } from '@etl/pipeline/fileUri';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';

export interface FolderEventSourceOptions {
  readonly warn: (details: object, message: string) => void;
  /** Between two looks at the folder. */
  readonly lookMs?: number;
  /** A file that has not changed for so long is taken to be written to its end. */
  readonly settledMs?: number;
}

interface Seen {
  readonly mark: string;
  /** Since when it has been like this, as far as anybody has looked. */
  readonly since: number;
  receives: number;
  /** Not before then; `never`: it is done with, or in hand. */
  due: number | 'never';
}

/**
 * Files of a folder and of those in it, as they settle. What was delivered is known as long as this process lives; a next
 * one brings everything again, and the workflow IDs tell what is known.
 */
export function createFolderEventSource(
  folder: string,
  { warn, lookMs = 1000, settledMs = 2000 }: FolderEventSourceOptions,
): EventSource {
  const seen = new Map<string, Seen>();
  let away = false;

  const look = async (): Promise<Map<string, number>> => {
    const found = await filesBelow(folder);
    for (const path of seen.keys()) if (!found.has(path)) seen.delete(path);
    const times = new Map<string, number>();
    for (const [path, { mark, modifiedMs }] of found) {
      times.set(path, modifiedMs);
      if (seen.get(path)?.mark !== mark) seen.set(path, { mark, since: performance.now(), receives: 0, due: 0 });
    }
    return times;
  };

  const handOver = (path: string, file: Seen, modifiedMs: number): Delivery => {
    file.due = 'never';
    file.receives++;
    const key = relative(folder, path).split(sep).join('/');
    const uri = fileUri(path);
    const landedAt = new Date(modifiedMs).toISOString();
    return {
      id: `${uri} ${file.mark}`,
      body: JSON.stringify({ landed: { uri, key, mark: file.mark, landedAt } }),
      receiveCount: file.receives,
      done: async () => undefined,
      again: async (afterSeconds) => {
        file.due = performance.now() + afterSeconds * 1000;
      },
    };
  };

  const next = async (limit: number): Promise<Delivery[]> => {
    const times = await look();
    const now = performance.now();
    return [...seen]
      .filter(([, { since, due }]) => due !== 'never' && due <= now && now - since >= settledMs)
      .slice(0, limit)
      .map(([path, file]) => handOver(path, file, times.get(path) ?? 0));
  };

  return {
    name: folder,
    async receive(limit, signal) {
      while (!signal.aborted) {
        try {
          const deliveries = await next(limit);
          away = false;
          if (deliveries.length > 0) return deliveries;
        } catch (error) {
          if (!away) warn({ folder, error: (error as Error).message }, 'the folder of landed files cannot be read');
          away = true;
        }
        await delay(lookMs, undefined, { signal }).catch(() => undefined);
      }
      return [];
    },
    close: async () => seen.clear(),
  };
}

interface Found {
  readonly mark: string;
  readonly modifiedMs: number;
}

async function filesBelow(folder: string): Promise<Map<string, Found>> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true, recursive: true });
  const found = new Map<string, Found>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const facts = await stat(path).catch(() => undefined);
    // Gone between the two calls: the next look does not find it.
    if (facts) found.set(path, { mark: `${facts.size} ${facts.mtimeMs} ${facts.ino}`, modifiedMs: facts.mtimeMs });
  }
  return found;
}
