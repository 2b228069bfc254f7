import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createJson, isCode, readJson } from './files';
import type { TaskRecord } from './records';

/** What a client token stands for: the request, and the tasks it has made or, after a crash, is yet to make. */
export interface Reservation {
  readonly requestHash: string;
  readonly tasks: readonly TaskRecord[];
}

export type TokenStore = ReturnType<typeof createTokenStore>;

/**
 * The client tokens on disk. A reservation is one file that holds the whole intent, so that there is no moment at
 * which a token is taken and its tasks are not known.
 */
export function createTokenStore(stateDir: string) {
  const root = join(stateDir, 'tokens');
  const path = (cluster: string, token: string) => join(root, `${sha256(`${cluster}\0${token}`)}.json`);

  const turns = new Map<string, Promise<unknown>>();

  return {
    /** Does the work when all that came before for the same token is done, however that ended. */
    async inTurn<T>(cluster: string, token: string, work: () => Promise<T>): Promise<T> {
      const key = path(cluster, token);
      const own = (turns.get(key) ?? Promise.resolve()).then(work, work);
      turns.set(key, own);
      try {
        return await own;
      } finally {
        if (turns.get(key) === own) turns.delete(key);
      }
    },

    find: (cluster: string, token: string) => readJson<Reservation>(path(cluster, token)),

    /** Takes the token. Returns the reservation that holds: this one, or the one that was first. */
    async reserve(cluster: string, token: string, reservation: Reservation): Promise<Reservation> {
      await mkdir(root, { recursive: true, mode: 0o700 });
      if (await createJson(path(cluster, token), reservation)) return reservation;
      return (await readJson<Reservation>(path(cluster, token))) ?? reservation;
    },

    async all(): Promise<Reservation[]> {
      const names = await readdir(root).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return [];
        throw error;
      });
      const files = names.filter((name) => name.endsWith('.json'));
      const read = await Promise.all(files.map((name) => readJson<Reservation>(join(root, name))));
      return read.flatMap((reservation) => reservation ?? []);
    },
  };
}

export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
