import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { buildEtlImage } from '../support/docker';
import { readBatch } from '../support/parquet';
import { command } from '../support/processes';

const withDocker = process.env.ETL_TEST_DOCKER ? describe : describe.skip;

jest.setTimeout(420_000);

withDocker('the image', () => {
  let image: string;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-docker-'));
    await chmod(folder, 0o777); // the container runs as another user
    image = await buildEtlImage();
  });
  afterAll(async () => {
    // Only the container's user or root can remove its files.
    await docker('--user', '0', '--entrypoint', 'rm', image, '-rf', '/data/lake');
    await rm(folder, { recursive: true, force: true });
  });

  const docker = (...args: string[]) => command('docker', ['run', '--rm', '-v', `${folder}:/data`, ...args]);
  const environment = (run: string, file: string): string[] =>
    [
      `INPUT_FILE=file:///data/${file}`,
      'BATCH_DATE=2026-02-08',
      'DATASET=d',
      'OUTPUT_PREFIX=file:///data/lake',
      `RUN_ID=${run}`,
      'RUN_STARTED_AT=2026-02-08T01:00:00Z',
      'CHUNK_ROWS=2000',
    ].flatMap((pair) => ['-e', pair]);

  test('converts within 512 MiB, without a network and without root', async () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => `${n},text ${n}`);
    await writeFile(join(folder, 'in.csv'), `a,b\n${rows.join('\n')}\n`);
    const ended = await docker('--memory', '512m', '--network', 'none', ...environment('r1', 'in.csv'), image);
    expect(ended).toMatchObject({ exitCode: 0 });
    const { source } = resolveBatch({ batchDate: '2026-02-08', dataset: 'd' }, 'file:///data/in.csv', undefined);
    const published = await readBatch(join(folder, 'lake', 'd', 'batch_date=2026-02-08', `source=${source}`));
    expect(published).toHaveLength(100_000);
    expect(published.at(-1)).toEqual({ a: 99_999n, b: 'text 99999' });
    expect((await docker('--entrypoint', 'id', image, '-u')).stdout.trim()).toBe('1000');
  });

  test('contains no Temporal, no compiler and no tests', async () => {
    const { stdout } = await docker('--entrypoint', 'ls', image, 'node_modules', 'node_modules/@etl', '.');
    for (const name of ['@temporalio', 'typescript', 'jest', 'test', 'workflows']) {
      expect(stdout.split(/\s+/)).not.toContain(name);
    }
    expect(stdout).toContain('snappy');
  });

  test('is healthy, and exits with 143 on docker stop', async () => {
    const rows = Array.from({ length: 400_000 }, (_, n) => `${n},text ${n}`);
    await writeFile(join(folder, 'long.csv'), `a,b\n${rows.join('\n')}\n`);
    const name = `etl-test-${process.pid}`;
    const options = ['-d', '--name', name, '-v', `${folder}:/data`, ...environment('r2', 'long.csv')];
    await command('docker', ['run', ...options, '-e', 'CHUNK_ROWS=100', image]);
    try {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect((await command('docker', ['exec', name, 'node', 'etl-image/dist/health.js'])).exitCode).toBe(0);
      await command('docker', ['stop', name]);
      const { stdout } = await command('docker', ['inspect', '--format', '{{.State.ExitCode}}', name]);
      expect(stdout.trim()).toBe('143');
    } finally {
      await command('docker', ['rm', '-f', name]);
    }
  });
});
