import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { getFreePort } from '../../local/freePort';
import { installPacked, pack } from '../support/packed';
import { command, type Ended, root } from '../support/processes';

const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? test : test.skip;
const withDocker = process.env.ETL_TEST_DOCKER ? test : test.skip;

jest.setTimeout(420_000);

/** Unpacks the package as npm installs it. Its dependencies are those of the clone, so that no registry is needed. */
describe('the packed tarball', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-packed-'));
  const installed = join(folder, 'node_modules', 'etl-orchestrator');
  const etl = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    command(process.execPath, [join(installed, 'cli', 'etl.js'), ...args], env, folder);
  let files: string[];
  beforeAll(async () => {
    const tarball = await pack(folder);
    files = (await command('tar', ['-tzf', tarball], {}, folder)).stdout.trim().split('\n');
    await installPacked(tarball, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('contains the compiled program, and neither tests nor sources', () => {
    expect(files).toEqual(expect.arrayContaining(['package/dist/cli/main.js', 'package/dist/workflow-bundle.js']));
    expect(files).toContain('package/node_modules/@etl/image/dist/kernel.wasm');
    const ours = files.filter((name) => !name.startsWith('package/samples/'));
    expect(ours.filter((name) => /\/test\/|\.map$|(?<!\.d)\.ts$|\.etl/.test(name))).toEqual([]);
  });

  test('contains the types of the entry points and no others', () => {
    const types = files.filter((name) => name.endsWith('.d.ts')).map((name) => name.replace('package/dist/', ''));
    const api = ['client', 'types', 'worker', 'workflows'].map((name) => `api/${name}.d.ts`);
    expect(types.sort()).toEqual([...api, 'client/batchRunningError.d.ts']);
  });

  test('contains the sample of a team, without what its builds and runs leave behind', () => {
    const sample = files.filter((name) => name.startsWith('package/samples/team-repository/'));
    expect(sample).toContain('package/samples/team-repository/src/worker.ts');
    expect(sample.filter((name) => /node_modules|\/dist\/|\.tgz$|\.etl\//.test(name))).toEqual([]);
  });

  test('converts a file in an empty folder', async () => {
    const sample = join(installed, 'samples', 'ventas.csv');
    const { exitCode, stdout } = await etl(['convert', sample, '--out', 'out', '--date', '2026-02-08', '--json']);
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 0, totals: { rowsWritten: 30 } });
    const published = readdirSync(join(folder, 'out', 'samples', 'batch_date=2026-02-08'));
    expect(published).toEqual([expect.stringMatching(/^source=ventas/)]);
  });

  withServer('runs the demo, and prints commands that name the installed program', async () => {
    const path = [dirname(server ?? ''), process.env.PATH].join(delimiter);
    const env = { PATH: path, XDG_STATE_HOME: join(folder, 'registry'), TEMPORAL_ADDRESS: '', ETL_STATE_DIR: '' };
    const { exitCode, stdout } = await etl(['demo', '--rows', '5000'], env);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('5,000 read') });
    expect(stdout).toContain(`node ${installed}/cli/etl.js up`);
  });

  withServer('starts the system, runs a file and a batch, reports its status, compares, and stops', async () => {
    const path = [dirname(server ?? ''), process.env.PATH].join(delimiter);
    const env = { PATH: path, XDG_STATE_HOME: join(folder, 'registry'), TEMPORAL_ADDRESS: '', ETL_STATE_DIR: '' };
    const ports = [];
    for (const option of ['--temporal-port', '--ui-port', '--ecs-port'])
      ports.push(option, String(await getFreePort()));
    const done = async (...args: string[]) => {
      const ended = await etl(args, env);
      expect({ args, exitCode: ended.exitCode, stderr: ended.exitCode === 0 ? '' : ended.stderr }).toEqual({
        ...{ args, exitCode: 0, stderr: '' },
      });
      return ended.stdout;
    };
    const sample = join(installed, 'samples', 'ventas.csv');
    mkdirSync(join(folder, 'landing'));
    copyFileSync(sample, join(folder, 'landing', 'ventas_2026-02-09.csv'));
    try {
      const greeting = await done('up', '--detach', ...ports);
      expect(greeting).toContain(`${installed}/cli/etl.js run ${relative(folder, sample)} --date 2026-02-08`);
      expect(await done('run', sample, '--date', '2026-02-08')).toContain('30 written');
      const onFargate = ['--options', '{"compute":{"lane":"fargate"}}'];
      expect(await done('run', sample, '--date', '2026-02-07', ...onFargate)).toContain('30 written');
      expect(await done('batch', 'landing', '--date', '2026-02-09')).toContain('1 delivered');
      expect(await done('status')).toContain('1 worker');
      const local = ['--interpreter', 'local'];
      expect(await done('compare', sample, '--date', '2026-02-08', ...local)).toContain('had the same outcome');
    } finally {
      expect(await done('down')).toContain('Stopped.');
    }
  });

  withDocker('builds the image of the tasks, which has the paths of the image that the repository builds', async () => {
    const built = await etl(['image', '--tag', 'etl-worker:packed', '--json']);
    expect({ exitCode: built.exitCode, stderr: built.exitCode === 0 ? '' : built.stderr }).toMatchObject({
      exitCode: 0,
    });
    const { id } = JSON.parse(built.stdout) as { id: string };
    const variables = { INPUT_FILE: 'file:///samples/ventas.csv', BATCH_DATE: '2026-02-08' };
    const places = { S3_CLEAN_BUCKET: 'file:///tmp/lake' };
    const given = Object.entries({ ...variables, ...places }).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const samples = `${join(installed, 'samples')}:/samples:ro`;
    const ran = await command('docker', ['run', '--rm', '--network', 'none', '-v', samples, ...given, id]);
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"rowsWritten":30') });
    const listed = await command('docker', ['run', '--rm', '--entrypoint', 'ls', id, 'node_modules', 'etl-image/dist']);
    const names = listed.stdout.split(/\s+/);
    expect(names).toEqual(expect.arrayContaining(['snappy', 'main.js', 'health.js']));
    expect(names).not.toContain('@temporalio');
  });

  test('installs the dependencies of the image at the versions of the lockfile', () => {
    const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8')) as Lock;
    const [lock, packed] = [read(root, 'package-lock.json'), read(installed, 'etl-image', 'package-lock.json')];
    const { '': top, ...packages } = packed.packages;
    expect(Object.keys(top?.dependencies ?? {})).toContain('snappy');
    expect(Object.keys(packages).length).toBeGreaterThan(30);
    for (const [path, entry] of Object.entries(packages)) expect([path, entry]).toEqual([path, lock.packages[path]]);
  });
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dependencies?: object }>>;
}
