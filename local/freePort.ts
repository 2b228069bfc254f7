import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Whether a server could listen on this port of this address; 0 asks for any port of it. */
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

/** Below the ports that systems give to outgoing connections (Linux: from 32768, others: from 49152). */
const candidates = { first: 15_000, count: 15_000 } as const;
const maxTries = 100;

/**
 * Returns a port of this address that is free now. It is not one that an outgoing connection gets before the caller listens on
 * it: with many processes at once that happens. @throws Error when 100 ports are taken, or the address is not of this machine
 */
export async function getFreePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = candidates.first + randomInt(candidates.count);
    if (await isPortFree(port, host)) return port;
  }
  throw new Error(`no port of ${host} is free`);
}

/** The preferred port where it is free, else any. */
export async function freePortFrom(preferred: number): Promise<number> {
  return (await isPortFree(preferred)) ? preferred : getFreePort();
}
