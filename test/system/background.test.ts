import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { identify } from '@etl/lib/processIdentity';
import { getFreePort } from '../../local/freePort';
import { command, type Ended, root } from '../support/processes';
import { tasksAlone } from '../support/system';

const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? describe : describe.skip;

withServer('a local system in the background', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-background-'));
  const env: NodeJS.ProcessEnv = {
    ...tasksAlone,
    PATH: [dirname(server ?? ''), process.env.PATH].join(delimiter),
    XDG_STATE_HOME: join(folder, 'registry'),
    TEMPORAL_ADDRESS: '',
    ETL_STATE_DIR: '',
  };
  const etl = (...args: string[]): Promise<Ended> =>
    command(process.execPath, [join(root, 'cli', 'etl.js'), ...args], env, folder);
  let ports: string[];
  beforeAll(async () => {
    const free = [await getFreePort(), await getFreePort(), await getFreePort()];
    ports = ['--temporal-port', '--ui-port', '--ecs-port'].flatMap((option, index) => [option, String(free[index])]);
  });
  afterAll(async () => {
    await etl('down');
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts, reports its status, runs a file, and stops', async () => {
    expect(await etl('status', '--json')).toMatchObject({ exitCode: 69, stdout: '{"systems":[]}\n' });
    expect(await etl('down')).toMatchObject({ exitCode: 0, stdout: 'No local system is running.\n' });

    const started = await etl('up', '--detach', '--json', ...ports);
    expect(started.exitCode).toBe(0);
    const { pid, temporal } = JSON.parse(started.stdout) as { pid: number; temporal: string };
    expect(identify(pid)).toBeDefined();

    const shown = await etl('status', '--json');
    const all = { temporalAnswers: true, ecsAnswers: true, workers: 1 };
    expect({ exitCode: shown.exitCode, ...JSON.parse(shown.stdout) }).toMatchObject({
      exitCode: 0,
      systems: [{ pid, temporal, stateDir: join(folder, '.etl'), ...all }],
    });

    const file = join(root, 'samples', 'ventas.csv');
    expect(await etl('run', file, '--date', '2026-02-08')).toMatchObject({ exitCode: 0 });

    const second = await etl('up', '--detach', ...ports);
    expect(second.exitCode).toBe(69);
    expect(second.stderr).toMatch(/^error: .*\n.+\n$/);

    const stopped = await etl('down');
    expect(stopped).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nStopped\.\n$/) });
    // A zombie does not count.
    expect(identify(pid)).toBeUndefined();
    expect((await etl('status')).stdout).toMatch(/^No local system is running/);
  });

  test('a system that cannot start reports the cause, and its remedy', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { exitCode, stderr } = await etl('up', '--detach', ...ports.slice(0, 4), '--ecs-port', String(port));
    taken.close();
    expect(exitCode).toBe(69);
    expect(stderr).toMatch(/^error: .+\n.+\n$/);
    expect(stderr).toContain(`port ${port}`);
    expect((await etl('status')).exitCode).toBe(69);
  });
});
