import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { command, type Ended, root } from '../support/processes';

const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? test : test.skip;

/** Unpacks the package as npm installs it. Its dependencies are those of the clone, so that no registry is needed. */
describe('the packed tarball', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-packed-'));
  const installed = join(folder, 'node_modules', 'etl-orchestrator');
  const etl = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    command(process.execPath, [join(installed, 'cli', 'etl.js'), ...args], env, folder);
  let files: string[];
  beforeAll(async () => {
    const packed = await command(process.execPath, [join(root, 'scripts', 'pack.mjs'), '--out', folder], {}, root);
    expect(packed).toMatchObject({ exitCode: 0 });
    const tarball = packed.stdout.trim();
    files = (await command('tar', ['-tzf', tarball], {}, folder)).stdout.trim().split('\n');
    mkdirSync(installed, { recursive: true });
    await command('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1'], {}, folder);
    for (const name of readdirSync(join(root, 'node_modules')).filter((each) => !/^[.]|^@etl$/.test(each)))
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('contains the compiled program, and neither tests nor sources', () => {
    expect(files).toEqual(expect.arrayContaining(['package/dist/cli/main.js', 'package/dist/workflow-bundle.js']));
    expect(files).toContain('package/node_modules/@etl/image/dist/kernel.wasm');
    expect(files.filter((name) => /\/test\/|\.map$|(?<!\.d)\.ts$|\.etl/.test(name))).toEqual([]);
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
});
