import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { getFreePort, isPortFree } from '../../local/freePort';

test('a port in use is not free, and is free again once it is closed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree(port)).toBe(false);
  server.close();
  await once(server, 'close');
  expect(await isPortFree(port)).toBe(true);
});

test('free ports can be listened on and lie outside the ephemeral range', async () => {
  for (let round = 0; round < 20; round++) {
    const port = await getFreePort();
    expect(port).toBeGreaterThanOrEqual(15_000);
    expect(port).toBeLessThan(30_000);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
});

test('an address of another machine has no free port', async () => {
  await expect(getFreePort('192.0.2.1')).rejects.toThrow('no port of 192.0.2.1 is free');
});
