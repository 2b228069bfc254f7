import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getFreePort } from '../../local/freePort';
import { retentionDays } from '../../local/temporal/devServer';
import { type Ended, root, start } from '../support/processes';
import { etl, etlProcess, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const program = join(root, 'cli', 'etl.js');

withServer('a local system', () => {
  const namespace = 'nightly';
  let system: LocalSystemUnderTest;
  let elsewhere: string;
  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), 'etl-elsewhere-'));
    system = await LocalSystemUnderTest.create({ TEMPORAL_NAMESPACE: namespace, ETL_LIGHT_LANE: 'auto' });
    await system.up();
  });
  afterAll(async () => {
    await system.end();
    await system.remove();
    await rm(elsewhere, { recursive: true, force: true });
  });
  const etlElsewhere = (args: string[]): Promise<Ended> => etl(args, {}, elsewhere);

  test('has the requested namespace, and retains closed workflows for a month', async () => {
    const { connection } = await system.connect();
    try {
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(retentionDays * 86_400);
    } finally {
      await connection.close();
    }
  });

  test('is found by commands in another folder, with its namespace, lake and dead letters', async () => {
    const ran = await etlElsewhere(['run', join(root, 'samples', 'ventas.csv'), '--date', '2026-02-08']);
    expect(ran.stderr).toBe(`Using the local system in ${system.stateDir} (Temporal ${system.ready?.temporal})\n`);
    expect(ran.stdout).toContain(`${system.stateDir}/lake/samples/batch_date=2026-02-08/source=ventas`);
    expect(ran.stdout).toMatch(/launch 1: light lane, \d+ s: delivered\nCost: {3}no separate cost/);
    expect(ran.exitCode).toBe(0);
    const letters = await etlElsewhere(['dlq', 'list', '--json']);
    expect(JSON.parse(letters.stdout)).toMatchObject({ box: join(system.stateDir, 'dead-letters') });
  });

  test('reads the options of a run from a file, and shows the launches of a failed run', async () => {
    const options = join(root, 'samples', 'ventas.csv');
    const bad = await etlElsewhere(['run', options, '--date', '2026-02-08', '--options', `@${options}`]);
    expect(bad).toMatchObject({ exitCode: 64, stderr: expect.stringMatching(/--options @\S+ is not JSON$/m) });
    const none = await etlElsewhere(['run', options, '--date', '2026-02-08', '--options', '@none.json']);
    expect(none).toMatchObject({
      exitCode: 66,
      stderr: expect.stringContaining('--options @none.json: the file does not exist'),
    });
    const gate = JSON.stringify({ quality: { rowCount: { min: 1000 } } });
    const failed = await etlElsewhere(['run', options, '--date', '2026-02-09', '--options', gate, '--json']);
    expect(failed.exitCode).toBe(65);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      launches: [{ lane: 'light', failureType: 'BadData' }],
      costUsd: null,
    });
  });

  test('keeps its state folder to itself and names itself in the error', async () => {
    const second = await etlProcess(['up'], { ETL_STATE_DIR: system.stateDir });
    expect(second.exitCode).toBe(69);
    expect(second.stderr).toMatch(
      new RegExp(`is in use by \`etl up\`: process \\d+ since .*, Temporal ${system.ready?.temporal}`),
    );
    expect(second.stderr).toMatch(/, or stop it with: ETL_STATE_DIR=\S+ (?:npx etl|node \S+etl\.js) down\n$/);
  });

  test('names the system that uses its port, and a command that chooses another port', async () => {
    const port = system.ready?.temporal.split(':')[1] ?? '';
    const second = await etlProcess(['up', '--temporal-port', port], {}, elsewhere);
    expect(second.exitCode).toBe(69);
    expect(second.stderr).toContain(`by the local system in ${system.stateDir}`);
    expect(second.stderr).toMatch(/choose another port: node .*etl\.js up --temporal-port \d+\n$/);
  });
});

describe('a configured server', () => {
  let silent: Server;
  let address: string;
  beforeAll(async () => {
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${(silent.address() as { port: number }).port}`;
  });
  afterAll(() => silent.close());
  const withFolder = async (work: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'etl-named-'));
    try {
      await work({ ETL_STATE_DIR: join(folder, 'state') });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  test('etl up ends with a cause and a remedy when the server does not answer', () =>
    withFolder(async (env) => {
      const ended = await etlProcess(['up'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
      expect(ended.exitCode).toBe(69);
      expect(ended.stderr).toMatch(
        /cannot reach a Temporal server at 127\.0\.0\.1:1: the connection .* is refused\n.*\n$/,
      );
    }));

  test('Ctrl-C ends etl up while it waits for the server', () =>
    withFolder(async (env) => {
      const connected = new Promise<void>((resolve) => silent.once('connection', () => resolve()));
      const { child, ended } = start(process.execPath, [program, 'up'], {
        ...process.env,
        ...env,
        TEMPORAL_ADDRESS: address,
      });
      await connected;
      child.kill('SIGINT');
      expect(await ended).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('interrupted') });
    }));

  test('Ctrl-C ends etl up while its own server does not start', () =>
    withFolder(async (env) => {
      const folder = await mkdtemp(join(tmpdir(), 'etl-path-'));
      try {
        const fake = join(folder, 'temporal');
        const source = `#!${process.execPath}\nrequire('fs').writeFileSync('${folder}/pid', String(process.pid)); setInterval(() => {}, 1000);\n`;
        await writeFile(fake, source, { mode: 0o755 });
        const path = `${folder}:${process.env.PATH}`;
        const ports = ['--temporal-port', String(await getFreePort()), '--ui-port', String(await getFreePort())];
        const { child, ended } = start(process.execPath, [program, 'up', ...ports], {
          ...{ ...process.env, ...env, TEMPORAL_ADDRESS: '', PATH: path },
        });
        await until('the server program', 30, () => existsSync(join(folder, 'pid')));
        child.kill('SIGINT');
        expect((await ended).exitCode).toBe(130);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }));
});
