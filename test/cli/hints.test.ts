import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { etlCommand, sameCommandWith, sampleFile, temporalCommandOn } from '../../cli/hints';

const root = resolve(__dirname, '..', '..');
const before = { cwd: process.cwd(), env: { ...process.env } };
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'etl-hints-')));
  for (const name of ['ETL_STATE_DIR', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']) delete process.env[name];
});
afterEach(() => {
  process.chdir(before.cwd);
  process.env = { ...before.env };
  rmSync(folder, { recursive: true, force: true });
});

const wordsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    .trim()
    .split('\n');

describe('an etl command', () => {
  test('uses npx in the clone, and names its program elsewhere', () => {
    expect(etlCommand('up')).toBe('npx etl up');
    process.chdir(folder);
    expect(etlCommand('up')).toBe(`node ${root}/cli/etl.js up`);
    mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', '.bin', 'etl'), '');
    expect(etlCommand('up')).toBe('npx etl up');
  });

  test('includes a state folder other than that of the current folder', () => {
    process.env.ETL_STATE_DIR = join(folder, 'it is here');
    expect(etlCommand('dlq', 'list')).toBe(`ETL_STATE_DIR='${folder}/it is here' npx etl dlq list`);
    process.env.ETL_STATE_DIR = join(process.cwd(), '.etl');
    expect(etlCommand('dlq', 'list')).toBe('npx etl dlq list');
  });

  test('keeps its arguments when a shell parses it', () => {
    const given = ['compare', "it's here.csv", '--date', '2026-02-08', '--options', '{"chunkRows":10}', '--json'];
    const command = sameCommandWith('--interpreter', 'local', given);
    expect(wordsOf(command)).toEqual(['npx', 'etl', ...given, '--interpreter', 'local']);
  });

  test.each([[['--interpreter', 'ministack']], [['--interpreter=ministack']]])('replaces an option: %j', (asked) => {
    expect(sameCommandWith('--interpreter', 'local', ['compare', 'x.csv', ...asked, '--date', '2026-02-08'])).toBe(
      'npx etl compare x.csv --date 2026-02-08 --interpreter local',
    );
  });
});

describe('a temporal command', () => {
  const withTemporal = (path: string): void => {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, 'temporal'), '');
    chmodSync(join(folder, path, 'temporal'), 0o755);
  };
  beforeEach(() => {
    process.env.PATH = join(folder, 'bin');
    process.env.XDG_CACHE_HOME = join(folder, 'cache');
  });

  test('names the server and the namespace unless they are the defaults', () => {
    expect(temporalCommandOn('127.0.0.1:7233', 'default', 'workflow', 'list')).toBe('temporal workflow list');
    expect(temporalCommandOn('127.0.0.1:7400', 'nightly', 'workflow', 'list')).toBe(
      'temporal workflow list --address 127.0.0.1:7400 --namespace nightly',
    );
  });

  test('names the downloaded program if the PATH contains none', () => {
    withTemporal('cache/etl-orchestrator/temporal');
    const fetched = `${folder}/cache/etl-orchestrator/temporal/temporal`;
    expect(temporalCommandOn('127.0.0.1:7233', 'default', 'workflow', 'list')).toBe(`${fetched} workflow list`);
    withTemporal('bin');
    expect(temporalCommandOn('127.0.0.1:7233', 'default', 'workflow', 'list')).toBe('temporal workflow list');
  });
});

test('a sample file is found from any folder', () => {
  expect(sampleFile('ventas.csv').shown).toBe('samples/ventas.csv');
  process.chdir(folder);
  expect(sampleFile('ventas.csv').shown).toBe(join(root, 'samples', 'ventas.csv'));
});
