import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReservedPort, reserveUnreachablePort, unreachablePorts } from '../../../local/gate/unreachablePorts';

const loopback = ['127.0.0.1'];

describe('a port that browsers cannot reach', () => {
  const before = process.env.XDG_CACHE_HOME;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-ports-'));
    process.env.XDG_CACHE_HOME = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(folder, { recursive: true, force: true });
  });

  test('is reserved once until it is released; the supply is limited', async () => {
    const reserved: ReservedPort[] = [];
    for (;;) {
      const next = await reserveUnreachablePort(loopback);
      if (!next) break;
      reserved.push(next);
    }
    const ports = reserved.map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
    expect(unreachablePorts).toEqual(expect.arrayContaining(ports));
    await Promise.all(reserved.map(({ release }) => release()));
    expect(await readdir(join(folder, 'etl-orchestrator', 'ports'))).toEqual([]);
  });

  test('is free at all the addresses', async () => {
    const first = await reserveUnreachablePort(loopback);
    const port = first?.port ?? 0;
    await first?.release();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const other = await reserveUnreachablePort(['127.0.0.2', '127.0.0.1']);
    expect(other?.port).not.toBe(port);
    await other?.release();
    server.close();
  });
});
