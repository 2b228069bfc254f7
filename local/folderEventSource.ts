import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileUri } from '@etl/lib/fileUri';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { uriOf } from '@etl/storage/pathBytes';
import { type WalkedEntry, walk } from '@etl/storage/walk';

export interface FolderEventSourceOptions {
  readonly warn: (details: object, message: string) => void;
  /** Poll interval in milliseconds. @default 1000 */
  readonly pollMs?: number;
  /** Milliseconds without a change after which a file counts as complete. @default 2000 */
  readonly settledMs?: number;
}

interface Seen {
  readonly mark: string;
  /** First poll that saw the file with this mark. */
  readonly since: number;
  receives: number;
  /** Earliest next delivery. `never` if the file is delivered or in progress. */
  due: number | 'never';
}

/**
 * Delivers files below a folder once they have settled. Deliveries are remembered only in memory: a restarted process
 * delivers every file again, and the workflow IDs deduplicate.
 */
export function createFolderEventSource(
  folder: string,
  { warn, pollMs = 1000, settledMs = 2000 }: FolderEventSourceOptions,
): EventSource {
  const seen = new Map<string, Seen>();
  const skipped = new Set<string>();
  let isUnreadable = false;

  const poll = async (): Promise<Map<string, Found>> => {
    const found = await filesBelow(folder, skip);
    for (const uri of seen.keys()) if (!found.has(uri)) seen.delete(uri);
    for (const [uri, { mark }] of found) {
      if (seen.get(uri)?.mark !== mark) seen.set(uri, { mark, since: performance.now(), receives: 0, due: 0 });
    }
    return found;
  };

  /** Warns only once, because every poll finds the entry again. */
  const skip = (uri: string, reason: string): void => {
    if (!skipped.has(uri)) warn({ uri, reason }, 'skipped an entry of the landing folder');
    skipped.add(uri);
  };

  const deliver = (uri: string, file: Seen, { key, mark, landedAt, problem }: Found): Delivery => {
    file.due = 'never';
    file.receives++;
    const landed = { uri, key, mark, ...(landedAt && { landedAt }), ...(problem !== undefined && { problem }) };
    return {
      id: `${uri} ${mark}`,
      body: JSON.stringify({ landed }),
      receiveCount: file.receives,
      done: async () => undefined,
      again: async (afterSeconds) => {
        file.due = performance.now() + afterSeconds * 1000;
      },
    };
  };

  const next = async (limit: number): Promise<Delivery[]> => {
    const found = await poll();
    const now = performance.now();
    return [...seen]
      .filter(([, { since, due }]) => due !== 'never' && due <= now && now - since >= settledMs)
      .slice(0, limit)
      .flatMap(([uri, file]) => {
        const entry = found.get(uri);
        return entry ? [deliver(uri, file, entry)] : [];
      });
  };

  return {
    name: folder,
    async receive(limit, signal) {
      while (!signal.aborted) {
        try {
          const deliveries = await next(limit);
          isUnreadable = false;
          if (deliveries.length > 0) return deliveries;
        } catch (error) {
          if (!isUnreadable) warn({ folder, error: (error as Error).message }, 'the landing folder cannot be read');
          isUnreadable = true;
        }
        await delay(pollMs, undefined, { signal }).catch(() => undefined);
      }
      return [];
    },
    close: async () => seen.clear(),
  };
}

interface Found {
  readonly key: string;
  readonly mark: string;
  /** ISO 8601. Absent for an unreadable file. */
  readonly landedAt?: string;
  readonly problem?: string;
}

/**
 * Returns the files by URI. Passes entries that are not files to `skip`.
 * @throws the error of reading the folder itself
 */
async function filesBelow(folder: string, skip: (uri: string, reason: string) => void): Promise<Map<string, Found>> {
  // `walk` treats a missing folder as empty.
  await readdir(folder);
  const found = new Map<string, Found>();
  for await (const entry of walk(folder)) {
    const uri = uriOf(fileUri(folder), entry.path);
    if (entry.problem?.kind === 'notAFile') skip(uri, entry.problem.reason);
    else found.set(uri, foundOf(entry));
  }
  return found;
}

function foundOf({ path, stats, problem }: WalkedEntry): Found {
  const key = path.toString();
  if (!stats) {
    const reason = problem?.reason ?? 'it cannot be read';
    return { key, mark: reason, problem: reason };
  }
  const { size, mtimeNs, ino, mtime } = stats;
  // Same formula as Node's `mtimeMs`: the mark is part of existing workflow IDs.
  const mtimeMs = Number(mtimeNs / 1_000_000_000n) * 1e3 + Number(mtimeNs % 1_000_000_000n) / 1e6;
  return { key, mark: `${size} ${mtimeMs} ${ino}`, landedAt: mtime.toISOString() };
}
