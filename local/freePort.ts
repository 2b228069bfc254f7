import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Returns whether a server can listen on this port of this address. Port 0 means any port. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Below the ephemeral ports of outgoing connections (Linux: from 32768, others: from 49152). */
const candidates = { first: 15_000, count: 15_000 } as const;
const maxTries = 100;

/**
 * Returns a port of this address that is free now. The port is outside the ephemeral range, so that no outgoing
 * connection takes it before the caller listens, which happens when many processes run at once.
 * @throws Error if 100 ports are in use, or if the address does not belong to this machine
 */
export async function getFreePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = candidates.first + randomInt(candidates.count);
    if (await isPortFree(port, host)) return port;
  }
  throw new Error(`no port of ${host} is free`);
}

/** Returns the preferred port if it is free, otherwise any free port. */
export async function freePortFrom(preferred: number): Promise<number> {
  return (await isPortFree(preferred)) ? preferred : getFreePort();
}
