import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Whether a server could listen on this port of this address; 0 asks for any port of it. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** A port of this address that is free now. */
export async function getFreePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The preferred port where it is free, else any. */
export async function freePortFrom(preferred: number): Promise<number> {
  return (await isPortFree(preferred)) ? preferred : getFreePort();
}
