import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { command } from '../../support/processes';

/** Starts and stops the server, and prints the outcome. */
const use = `
const { startMinistack } = require('./dist/local/ministack/server.js');
const [program, logFile] = process.argv.slice(1);
let pid = 0;
startMinistack({ program, logFile, services: [], onSpawn: (each) => { pid = each; } })
  .then(async (server) => {
    console.log(server.pid === pid ? 'started' : 'another process');
    await server.stop();
  })
  .catch(({ name, message }) => console.log(name + ': ' + message));`;

/** A stand-in that passes the readiness check of ministack. */
const answering = `#!/usr/bin/env node
require('node:http').createServer((_, answer) => answer.end()).listen(process.env.GATEWAY_PORT, process.env.BIND_HOST);
console.log('listening');`;

/** A Docker without a bridge, which then disappears. */
const dyingDocker = `#!/bin/sh
[ "$1" = network ] && echo '|' && exit 0
echo 'the daemon is gone' >&2
exit 1`;

describe('ministack', () => {
  let folder: string;
  const run = (program: string) =>
    command(process.execPath, ['-e', use, program, join(folder, 'log')], {
      TMPDIR: join(folder, 'tmp'),
      PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
    });
  const leftBehind = () => readdir(join(folder, 'tmp'));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-server-'));
    await Promise.all(['bin', 'tmp'].map((name) => mkdir(join(folder, name))));
    for (const [name, text] of Object.entries({ docker: dyingDocker, answering, ending: '#!/bin/sh\nexit 3' })) {
      await writeFile(join(folder, 'bin', name), text, { mode: 0o755 });
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['is missing', 'none', /ENOENT/],
    ['ends at once', 'ending', /it exited: 3/],
  ])('that %s is an error, and nothing is left behind', async (_what, program, why) => {
    const { exitCode, stdout, stderr } = await run(join(folder, 'bin', program));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^MinistackError: .*does not respond on http:\/\/127\.0\.0\.1:\d+: .*\n$/);
    expect(stdout).toMatch(why);
    expect(await leftBehind()).toEqual([]);
  });

  test('stops and removes its folder even when its containers cannot be removed', async () => {
    const { exitCode, stdout } = await run(join(folder, 'bin', 'answering'));
    expect(exitCode).toBe(0);
    expect(stdout).toBe('started\nDockerError: docker ps -aq: the daemon is gone\n');
    expect(await readFile(join(folder, 'log'), 'utf8')).toContain('listening');
    expect(await leftBehind()).toEqual([]);
  });
});
