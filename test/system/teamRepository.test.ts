import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client, Connection } from '@temporalio/client';
import { getFreePort } from '../../local/freePort';
import { installPacked, pack } from '../support/packed';
import { command, type Ended, root } from '../support/processes';

const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? test : test.skip;

/** A repository of a team that depends on the package, outside a clone. */
describe('samples/team-repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-team-'));
  const run = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    command(process.execPath, args, { ETL_STATE_DIR: '', TEMPORAL_ADDRESS: '', ...env }, folder);
  beforeAll(async () => {
    cpSync(join(root, 'samples', 'team-repository'), folder, { recursive: true });
    await installPacked(await pack(folder), folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('depends on the versions of this repository', () => {
    const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
    const [ours, theirs] = [root, folder].map((each) => read(join(each, 'package.json')));
    const versions: Record<string, unknown> = {
      ...ours?.devDependencies,
      ...ours?.dependencies,
      'etl-orchestrator': ours?.version,
    };
    for (const [name, version] of Object.entries({ ...theirs?.dependencies, ...theirs?.devDependencies }))
      expect([name, versions[name]]).toEqual([name, version]);
  });

  test('uses the images of this repository', () => {
    const of = (text: string, pattern: RegExp) => pattern.exec(text)?.[1];
    const [ours, theirs] = [
      ['workers/Dockerfile', 'docker-compose.yml'],
      ['samples/team-repository/Dockerfile', 'samples/team-repository/compose.yml'],
    ].map((files) => {
      const [dockerfile = '', compose = ''] = files.map((file) => readFileSync(join(root, file), 'utf8'));
      return { node: of(dockerfile, /^ARG NODE_IMAGE=(.+)$/m), temporal: of(compose, /(temporalio\/temporal:[\w.]+)/) };
    });
    expect(theirs).toEqual({ node: expect.any(String), temporal: expect.any(String) });
    expect(theirs).toEqual(ours);
  });

  const [compose = '', ...composeArgs] = (process.env.ETL_TEST_COMPOSE ?? '').split(' ');
  (compose ? test : test.skip)('has a valid Compose file', async () => {
    const { exitCode, stderr } = await command(
      compose,
      [...composeArgs, '-f', 'compose.yml', 'config', '-q'],
      {},
      folder,
    );
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('compiles against the public types', async () => {
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run([tsc, '--skipLibCheck', 'false']);
    // The types of other packages, such as Temporal's SDK, have errors of their own.
    const errors = stdout.split('\n').filter((line) => /error TS\d+/.test(line));
    const isForeign = (line: string) => /^(\.\.\/)*\S*node_modules\/(?!etl-orchestrator\/)/.test(line);
    expect(errors.filter((line) => !isForeign(line))).toEqual([]);
  });

  test('declares its datasets', async () => {
    const etl = join('node_modules', 'etl-orchestrator', 'cli', 'etl.js');
    const checked = await run([etl, 'dataset', 'check']);
    expect({ exitCode: checked.exitCode, stderr: checked.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(checked.stdout).toMatch(/customers[\s\S]*orders/);
  });

  test('cannot use what is not exported', async () => {
    const { exitCode, stderr } = await run(['-e', "require('etl-orchestrator/dist/workers/main.js')"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED'),
    });
  });

  withServer('runs its workflow, its activity and its notifier beside ours', async () => {
    const notifications: string[] = [];
    const chat = createServer(async (request, response) => {
      notifications.push((JSON.parse(await text(request)) as { text: string }).text);
      response.end();
    });
    await once(chat.listen(0, '127.0.0.1'), 'listening');
    const env: NodeJS.ProcessEnv = {
      PATH: [dirname(server ?? ''), process.env.PATH].join(delimiter),
      XDG_STATE_HOME: join(folder, 'registry'),
      CHAT_WEBHOOK_URL: `http://127.0.0.1:${(chat.address() as AddressInfo).port}`,
    };
    const etl = (...args: string[]) => run([join('node_modules', 'etl-orchestrator', 'cli', 'etl.js'), ...args], env);
    const ports = [];
    for (const option of ['--temporal-port', '--ui-port', '--ecs-port'])
      ports.push(option, String(await getFreePort()));
    try {
      const worker = join('dist', 'src', 'worker.js');
      const up = await etl('up', '--detach', '--json', '--worker', worker, ...ports);
      expect({ exitCode: up.exitCode, stderr: up.exitCode === 0 ? '' : up.stderr }).toEqual({
        exitCode: 0,
        stderr: '',
      });
      const { temporal } = JSON.parse(up.stdout) as { temporal: string };

      const published = await run([join('dist', 'src', 'publish.js'), 'orders', '2026-11-30'], {
        TEMPORAL_ADDRESS: temporal,
      });
      expect(published).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(published.stdout)).toMatchObject({ rows: 3, dashboard: 'dashboards/orders' });
      expect(JSON.parse(readFileSync(join(folder, 'refreshes.jsonl'), 'utf8'))).toMatchObject({ rows: 3 });
      expect(notifications).toEqual([expect.stringMatching(/^✅ [\s\S]*ETL completado para 2026-11-30/)]);

      const customers = join(folder, 'landing', 'customers_2026-11-30.csv');
      expect(await etl('run', customers, '--date', '2026-11-30')).toMatchObject({ exitCode: 0 });

      expect(await saveHistories(temporal, join(folder, 'test', 'histories'))).toBe(3);
    } finally {
      await etl('down');
      chat.close();
    }
  });

  test('its own tests pass, which replay its saved histories and those of the runs above', async () => {
    const tested = await run(['--test', join('dist', 'test', 'team.test.js')]);
    expect({ ...tested, stdout: tested.exitCode === 0 ? '' : tested.stdout }).toMatchObject({ exitCode: 0 });
  });
});

/** Saves the histories of all workflows and returns their number. */
async function saveHistories(address: string, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const connection = await Connection.connect({ address });
  const ids: string[] = [];
  for await (const { workflowId } of new Client({ connection }).workflow.list()) ids.push(workflowId);
  await connection.close();
  for (const [index, id] of ids.entries()) {
    const show = ['workflow', 'show', '--workflow-id', id, '--output', 'json', '--address', address];
    writeFileSync(join(folder, `${index}.json`), (await command(server ?? '', show)).stdout);
  }
  return ids.length;
}
