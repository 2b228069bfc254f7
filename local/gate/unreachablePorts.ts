import { join } from 'node:path';
import { cacheFolder } from '../cacheFolder';
import { isPortFree } from '../freePort';
import { tryLock } from '../lockFile';

/**
 * Ports that no browser connects to, whatever the page, the type of request and the host name. Contains the ports of
 * the list that need no privileges and that no common service uses.
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
export const unreachablePorts = [
  1719, 1720, 1723, 3659, 4045, 5060, 5061, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10080,
] as const;

export interface ReservedPort {
  readonly port: number;
  release(): Promise<void>;
}

/**
 * Reserves a port that browsers cannot reach, for a server that answers every web page, until it is released or this
 * process exits. There are so few that without a reservation two processes would often choose the same one. Returns
 * undefined if all are in use.
 */
export async function reserveUnreachablePort(addresses: readonly string[]): Promise<ReservedPort | undefined> {
  for (const port of unreachablePorts) {
    const lock = await tryLock(join(cacheFolder(), 'ports', String(port)), {});
    if ('holder' in lock) continue;
    const free = await Promise.all(addresses.map((address) => isPortFree(port, address)));
    if (free.every(Boolean)) return { port, release: lock.release };
    await lock.release();
  }
  return undefined;
}
