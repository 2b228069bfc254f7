import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createJson, isCode, readJson } from './files';
import type { TaskRecord } from './records';

/** What a client token stands for: the request, and the tasks it has made or, after a crash, is yet to make. */
export interface Reservation {
  readonly requestHash: string;
  readonly tasks: readonly TaskRecord[];
}

export type TokenStore = ReturnType<typeof createTokenStore>;

/** The name under which a token of a cluster is kept. */
export const tokenKey = (cluster: string, token: string) => sha256(`${cluster}\0${token}`);

/**
 * The client tokens on disk. A reservation is one file that holds the whole intent, so that there is no moment at
 * which a token is taken and its tasks are not known.
 */
export function createTokenStore(stateDir: string) {
  const root = join(stateDir, 'tokens');
  const path = (key: string) => join(root, `${key}.json`);
  const turns = new Map<string, Promise<unknown>>();

  return {
    /** Does the work when all that came before for the same token is done, however that ended. */
    async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
      const own = (turns.get(key) ?? Promise.resolve()).then(work, work);
      turns.set(key, own);
      try {
        return await own;
      } finally {
        if (turns.get(key) === own) turns.delete(key);
      }
    },

    find: (key: string) => readJson<Reservation>(path(key)),

    /** Takes the token. Returns the reservation that holds: this one, or the one that was first. */
    async reserve(key: string, reservation: Reservation): Promise<Reservation> {
      await mkdir(root, { recursive: true, mode: 0o700 });
      if (await createJson(path(key), reservation)) return reservation;
      return (await readJson<Reservation>(path(key))) ?? reservation;
    },

    /** The token stands for nothing from now on. */
    release: (key: string) => rm(path(key), { force: true }),

    async keys(): Promise<string[]> {
      const names = await readdir(root).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return [];
        throw error;
      });
      return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    },
  };
}

export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
