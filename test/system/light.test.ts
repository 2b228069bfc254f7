import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { Launch } from '@etl/pipeline/launches';
import { checkpointName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { writeSalesSample } from '../../local/samples/ventas';
import type { PipelineResult } from '../../workflows/etlPipeline';
import { etl, isAlive, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

interface Report {
  readonly status: string;
  readonly failureType: string | null;
  readonly reason: string | null;
  readonly manifest: Manifest | null;
  readonly launches: readonly Launch[];
}

withServer('the light lane of the local system', () => {
  let system: LocalSystemUnderTest;
  let small: string;
  beforeAll(async () => {
    const routing = { ETL_LIGHT_LANE: 'auto', ETL_TASK_SIZE: 'policy', ETL_SPOT: 'true' };
    system = await LocalSystemUnderTest.create({ ...routing, ETL_TIME_SCALE: '0.05' });
    small = join(system.folder, 'small.csv');
    await Promise.all([system.up(), writeSalesSample(small, 5_000)]);
  });
  afterAll(() => system.remove());

  const run = async (file: string, out: string, options: object, ...more: string[]) => {
    const args = ['run', file, '--date', '2026-02-08', '--dataset', 'ventas', '--out', join(system.folder, out)];
    return etl([...args, '--options', JSON.stringify(options), ...more], system.env);
  };
  const reportOf = async (...args: Parameters<typeof run>): Promise<Report> =>
    JSON.parse((await run(...args, '--json')).stdout) as Report;
  const partsOf = ({ manifest }: Report) => manifest?.parts.map(({ file, rows, sha256 }) => ({ file, rows, sha256 }));

  /** Returns the process IDs of the worker's converters. */
  const converters = (): number[] => {
    const worker = system.workerPid();
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, parent, ...command]) => {
        return Number(parent) === worker && command.join(' ').endsWith(join('etl-image', 'dist', 'main.js'));
      })
      .map(([pid]) => Number(pid));
  };

  test('converts a small file in a process of the worker; a task produces the same batch', async () => {
    const [{ stdout, exitCode }, light] = await Promise.all([
      run(small, 'told', { chunkRows: 2000 }, '--dataset', 'told'),
      reportOf(small, 'light', { chunkRows: 2000 }),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Route: {2}\S+ kB is below the light limit of 100 MB: light lane, a process of the worker/);
    expect(light.launches).toEqual([
      { generation: 1, lane: 'light', spot: false, exitCode: 0, seconds: expect.any(Number) },
    ]);
    expect(system.taskIds()).toEqual([]);
    const task = await reportOf(small, 'task', { chunkRows: 2000, compute: { lane: 'fargate' } });
    expect(task.launches).toMatchObject([{ lane: 'fargate', spot: true, size: { cpu: 512, memoryMiB: 1024 } }]);
    expect(system.taskIds()).toHaveLength(1);
    expect(partsOf(light)).toHaveLength(3);
    expect(partsOf(light)).toEqual(partsOf(task));
    const { schema, totals, source, optionsHash, warnings } = light.manifest as Manifest;
    expect(task.manifest).toMatchObject({ schema, totals, source, optionsHash, warnings });
  });

  test('bad data fails the run like in a task', async () => {
    const report = await reportOf(small, 'bad', { quality: { rowCount: { min: 1_000_000 } } });
    expect(report).toMatchObject({
      status: 'FAILED',
      failureType: 'BadData',
      launches: [{ lane: 'light', exitCode: 65 }],
    });
  });

  test('incompatible compute options are invalid input', async () => {
    const report = await reportOf(small, 'never', { compute: { lane: 'light', shards: 4 } });
    expect(report).toMatchObject({
      failureType: 'InvalidInput',
      reason: expect.stringContaining('does not split a file into shards'),
    });
  });

  /** Has many small chunks, so that the tests can act during the conversion. */
  const startSlow = async (workflowId: string, rows: number) => {
    const file = join(system.folder, `${workflowId}.csv`);
    await writeSalesSample(file, rows);
    const { client, connection } = await system.connect();
    const detail = {
      s3Key: fileUri(file),
      batchDate: '2026-02-08',
      dataset: workflowId,
      source: workflowId,
      destination: fileUri(join(system.folder, 'out')),
      chunkRows: 50,
    };
    const handle = await client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [{ detail }] });
    return { handle, close: () => connection.close() };
  };

  test('a killed process is relaunched as a task, which reuses the finished parts', async () => {
    const { handle, close } = await startSlow('killed', 6_000);
    const pid = await until('a process converts', 60, () => converters()[0]);
    const work = join(system.folder, 'out', '_etl', 'killed', '2026-02-08', 'killed', 'work');
    const checkpoint = join(work, `${handle.firstExecutionRunId}-1`, checkpointName);
    await until('a part is finished', 60, () => existsSync(checkpoint));
    process.kill(pid, 'SIGKILL');
    const { launches, delivered } = (await handle.result()) as PipelineResult;
    expect(launches).toMatchObject([
      { generation: 1, lane: 'light', failureType: 'TaskKilled', reason: expect.stringContaining('SIGKILL') },
      { generation: 2, lane: 'fargate', exitCode: 0 },
    ]);
    expect(delivered).toMatchObject({ commit: 1, byThisRun: true });
    await close();
  });

  test('a cancelled run first ends its process', async () => {
    const { handle, close } = await startSlow('cancelled', 16_000);
    const pid = await until('a process converts', 60, () => converters()[0]);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(isAlive(pid)).toBe(false);
    await close();
  });
});
