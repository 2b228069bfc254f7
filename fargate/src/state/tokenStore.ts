import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createJson, isCode, readJson } from './files';
import type { TaskRecord } from './records';

/**
 * The reservation of a client token: the request, and the tasks it has created or, after a crash, has yet to create.
 */
export interface Reservation {
  readonly requestHash: string;
  readonly tasks: readonly TaskRecord[];
}

export type TokenStore = ReturnType<typeof createTokenStore>;

/** Returns the key that a cluster's token is stored under. */
export const tokenKey = (cluster: string, token: string) => sha256(`${cluster}\0${token}`);

/**
 * Stores client tokens on disk. A reservation is one file with the whole intent, so that a reserved token always has
 * its tasks.
 */
export function createTokenStore(stateDir: string) {
  const root = join(stateDir, 'tokens');
  const path = (key: string) => join(root, `${key}.json`);
  const turns = new Map<string, Promise<unknown>>();

  return {
    /** Runs the work after all earlier work for the same token has settled. */
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

    /** Reserves the token. Returns the reservation in force: this one, or an earlier one. */
    async reserve(key: string, reservation: Reservation): Promise<Reservation> {
      await mkdir(root, { recursive: true, mode: 0o700 });
      if (await createJson(path(key), reservation)) return reservation;
      return (await readJson<Reservation>(path(key))) ?? reservation;
    },

    /** Frees the token. */
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
