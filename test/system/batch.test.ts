import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { startInProcessEcs } from '../support/inProcessEcs';
import { root } from '../support/processes';
import { replay } from '../support/rig';
import { everyFile, tasksAlone, until } from '../support/system';
import { TestServer } from '../support/testServer';
import { thorough } from '../support/thorough';

jest.mock('@etl/image/engine/kernel/threads', () => jest.requireActual('../support/inlineThreads'));

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const count = thorough ? 1000 : 24;
const maxConcurrent = thorough ? 50 : 8;
const kills = thorough ? 6 : 1;

withServer('a batch of many files whose workers are killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-batch-'));
  const workers: ChildProcess[] = [];
  let server: TestServer;
  let ecs: Awaited<ReturnType<typeof startInProcessEcs>>;
  let env: NodeJS.ProcessEnv;

  const startWorker = async (): Promise<void> => {
    const child = spawn(process.execPath, [join(root, 'dist', 'workers', 'main.js')], {
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    workers.push(child);
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('a worker has ended')));
    ended.catch(() => undefined);
    await Promise.race([once(child, 'message'), ended]);
  };
  const kill = async (child: ChildProcess | undefined): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };

  beforeAll(async () => {
    server = await TestServer.start();
    ecs = await startInProcessEcs(folder);
    env = {
      ...process.env,
      ...tasksAlone,
      ...everyFile,
      TEMPORAL_ADDRESS: server.address,
      AWS_ENDPOINT_URL_ECS: ecs.url,
      ETL_STATE_DIR: join(folder, 'state'),
      // The files are small, but this test is about tasks.
      ETL_LIGHT_LANE: 'off',
      ETL_TIME_SCALE: '0.05',
      LOG_LEVEL: 'error',
    };
    await Promise.all([startWorker(), startWorker()]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(workers.map(kill));
    await server?.remove();
    ecs?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test(`delivers each of ${count} files exactly once and records it`, async () => {
    const source = join(folder, 'ventas');
    await mkdir(source);
    const names = Array.from({ length: count }, (_, index) => `ventas_${String(index).padStart(4, '0')}`);
    await Promise.all(
      names.map((name, index) => writeFile(join(source, `${name}.csv`), `id,name\n${index},a\n${index},b\n`)),
    );
    const lake = join(folder, 'lake');
    const client = server.client;
    const request = {
      prefix: fileUri(source),
      batchDate: '2026-02-08',
      maxConcurrent,
      detail: { dataset: 'ventas', destination: fileUri(lake) },
    };
    const batch = await client.workflow.start('nightlyBatch', {
      workflowId: 'night',
      taskQueue: 'etl',
      args: [request],
    });

    for (let round = 1; round <= kills; round++) {
      ecs.runUntil((count * round) / (kills + 2));
      // With a window full of waiting tasks, a killed worker's activities retry after a heartbeat timeout instead of a
      // minute.
      await until('every task waits', thorough ? 600 : 90, () => ecs.idle() && ecs.waiting() === maxConcurrent);
      await kill(workers.shift());
      await startWorker();
    }
    ecs.runUntil(Number.POSITIVE_INFINITY);

    const summary = await batch.result();
    expect(summary).toMatchObject({ files: count, delivered: count, skipped: 0, failed: 0, rowsWritten: 2 * count });
    const internal = join(lake, '_etl', 'ventas', '2026-02-08');
    expect(readdirSync(internal).sort()).toEqual(names);
    const commits = names.map((name) => readdirSync(join(internal, name, 'commits')));
    expect(commits.filter((entries) => entries.join() !== '000001.json')).toEqual([]);
    expect(ecs.launched()).toBe(count);

    const results = readResults(join(lake, '_etl', '_batches', 'night', batch.firstExecutionRunId));
    expect(results.map(({ uri }) => uri).sort()).toEqual(names.map((name) => fileUri(join(source, `${name}.csv`))));
    expect(results.filter(({ outcome }) => outcome !== 'delivered')).toEqual([]);
    // One message for all files.
    expect(readdirSync(join(folder, 'state', 'outbox', 'etl-success'))).toHaveLength(1);

    const again = await client.workflow.execute('nightlyBatch', {
      workflowId: 'again',
      taskQueue: 'etl',
      args: [request],
    });
    expect(again).toMatchObject({ files: count, skipped: count, delivered: 0 });
    await replayAll(client, batch, [names[0] ?? '', names.at(-1) ?? '']);
  }, 1_200_000);

  const replayAll = async (client: Client, batch: WorkflowHandle, some: readonly string[]): Promise<void> => {
    const ids = some.map((name) => `etl/ventas/2026-02-08/${name}`);
    await replay([batch, ...['again', ...ids].map((id) => client.workflow.getHandle(id))]);
  };
});

function readResults(folder: string): FileResult[] {
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FileResult),
  );
}
