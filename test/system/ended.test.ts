import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EcsEndpoint, startEcsEndpoint } from '@etl/fargate/endpoint';
import { putFaults } from '@etl/fargate/faults/control';
import { faultHooks } from '@etl/fargate/faults/hooks';
import { fileUri } from '@etl/lib/fileUri';
import type { WorkflowHandle } from '@temporalio/client';
import { localEcsSettings, localImage } from '../../local/ecsSettings';
import { writeSalesSample } from '../../local/samples/ventas';
import { ecsClient, registerTaskDefinition } from '../../local/system/parts';
import { root } from '../support/processes';
import { exitCodeOf, readTasks } from '../support/realTasks';
import { replay } from '../support/rig';
import { everyFile, tasksAlone, until } from '../support/system';
import { TestServer } from '../support/testServer';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('tasks that stay in DEPROVISIONING for an hour', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-ended-'));
  const stateDir = join(folder, 'state');
  const handles: WorkflowHandle[] = [];
  let server: TestServer;
  let ecs: EcsEndpoint;
  let worker: ChildProcess | undefined;

  beforeAll(async () => {
    server = await TestServer.start();
    ecs = await startEcsEndpoint({
      port: 0,
      stateDir: join(stateDir, 'ecs'),
      images: { [localImage]: [process.execPath, join(root, 'etl-image', 'dist', 'main.js')] },
      clusters: [localEcsSettings.cluster],
      timings: { deprovisioningMs: 3_600_000 },
      hooks: faultHooks(),
    });
    const client = ecsClient(ecs.url);
    await registerTaskDefinition(client);
    client.destroy();
    const of = (WORKFLOW_ID: string) => ({ where: { environment: { WORKFLOW_ID } } });
    await putFaults(ecs.url, {
      rules: [
        { fault: 'slow', share: 0.1, ...of('cancelled') },
        { fault: 'slow', share: 0.1, ...of('killed') },
        { fault: 'killed', afterSeconds: 0.5, ...of('killed') },
      ],
    });
    await writeSalesSample(join(folder, 'ventas.csv'), 8000);
    worker = spawn(process.execPath, [join(root, 'dist', 'workers', 'main.js')], {
      env: {
        ...process.env,
        ...tasksAlone,
        ...everyFile,
        TEMPORAL_ADDRESS: server.address,
        AWS_ENDPOINT_URL_ECS: ecs.url,
        ETL_STATE_DIR: stateDir,
        ETL_TIME_SCALE: '0.05',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }, 120_000);

  afterAll(async () => {
    await replay(handles, { children: true });
    const exited = worker && once(worker, 'exit');
    worker?.kill('SIGKILL');
    await exited;
    await ecs?.stopAllTasks('the test is over');
    await ecs?.close();
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const start = async (workflowId: string, more: object = {}): Promise<WorkflowHandle> => {
    const detail = {
      s3Key: fileUri(join(folder, 'ventas.csv')),
      batchDate: '2026-02-08',
      dataset: workflowId,
      destination: fileUri(join(folder, 'out')),
      chunkRows: 1000,
      ...more,
    };
    const options = { workflowId, taskQueue: 'etl', args: [{ detail }] };
    const handle = await server.client.workflow.start('etlPipeline', options);
    handles.push(handle);
    return handle;
  };
  const tasksOf = ({ workflowId }: WorkflowHandle) =>
    readTasks(join(stateDir, 'ecs')).filter((task) => task.workflowId === workflowId);

  test.concurrent('a delivered run completes, and the next run of its workflow does not wait for its task', async () => {
    const first = await start('delivered');
    expect(await first.result()).toMatchObject({
      delivered: { byThisRun: true },
      launches: [{ generation: 1, exitCode: 0, seconds: expect.any(Number) }],
    });
    const again = await start('delivered', { force: true });
    expect(await again.result()).toMatchObject({ delivered: { commit: 1 } });
    expect(tasksOf(again).map(exitCodeOf)).toEqual([0, 0]);
  });

  test.concurrent('a delivered run with several shards completes, too', async () => {
    const handle = await start('shards', { compute: { shards: 2 } });
    const result = await handle.result();
    expect(result).toMatchObject({ delivered: { byThisRun: true } });
    expect(result.launches).toHaveLength(4);
  });

  test.concurrent('a cancelled run ends when its container has ended', async () => {
    const handle = await start('cancelled');
    await until('a task that runs', 60, () => tasksOf(handle)[0]?.programs);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(tasksOf(handle).map(exitCodeOf)).toEqual([143]);
  });

  test.concurrent('a failed task is not relaunched before STOPPED', async () => {
    const handle = await start('killed');
    const noteOf = async () => (await handle.query<{ note?: string }>('status')).note ?? '';
    await until('the wait for STOPPED', 60, async () => (await noteOf()).includes('STOPPED'));
    expect(tasksOf(handle)).toHaveLength(1);
    await handle.terminate('the test has seen enough');
  });
});
