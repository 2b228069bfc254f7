import type { WorkflowHandle } from '@temporalio/client';
import { command } from '../support/processes';
import { until } from '../support/system';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const temporal = process.env.ETL_TEST_TEMPORAL ?? 'temporal';

withServer('one task, whatever happens to the answer or to the worker', () => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.05);
  });
  afterEach(() => runs.noFaults());
  afterAll(() => runs.down());

  const killWorker = async (signal: NodeJS.Signals) => {
    const pid = runs.system.workerPid();
    if (pid === undefined) throw new Error('there is no worker');
    process.kill(pid, signal);
    await until('another worker', 30, () => ![undefined, pid].includes(runs.system.workerPid()));
  };
  /** Delivered by the one task there was, which nobody told to stop. */
  const expectOneTask = async (handle: WorkflowHandle) => {
    expect(await handle.result()).toMatchObject({ delivered: { byThisRun: true }, launches: [{ generation: 1 }] });
    expect(endsOf(runs.tasksOf(handle))).toEqual([['EssentialContainerExited', 0]]);
  };

  test('the answer of RunTask is lost, three times', async () => {
    await runs.faults({ fault: 'lostResponse', operation: 'RunTask', times: 3 });
    await expectOneTask(await runs.start());
    expect((await runs.noFaults()).counts).toEqual([3]);
  });

  test('the worker is killed between RunTask and the record of it', async () => {
    await runs.faults({ fault: 'slowResponse', operation: 'RunTask', times: 1, seconds: 20 });
    const handle = await runs.start();
    // The task is made; its worker still waits for the answer.
    await runs.task(handle, 'made');
    await killWorker('SIGKILL');
    await expectOneTask(handle);
  });

  test('the worker is killed while it waits: its heartbeat times out, and the task is found again', async () => {
    const handle = await runs.start();
    await runs.task(handle);
    await killWorker('SIGKILL');
    await expectOneTask(handle);
  });

  test('the worker is deployed while it waits', async () => {
    const handle = await runs.start();
    await runs.task(handle);
    await killWorker('SIGTERM');
    await expectOneTask(handle);
  });

  test('the waiting activity is reset', async () => {
    const handle = await runs.start();
    await runs.task(handle);
    const id = await until('a wait', 10, async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find((each) => each.activityType?.name === 'awaitTask')?.activityId;
    });
    const address = runs.system.ready?.temporal ?? '';
    const reset = ['activity', 'reset', '--workflow-id', handle.workflowId, '--activity-id', id, '--address', address];
    expect(await command(temporal, reset)).toMatchObject({ exitCode: 0 });
    await expectOneTask(handle);
  });

  test('DescribeTasks does not know the task at first, and is throttled in both disguises', async () => {
    await runs.faults(
      { fault: 'missing', seconds: 1 },
      { fault: 'throttling', probability: 0.3, as: 'ClientException' },
      { fault: 'throttling', probability: 0.3, as: 'ThrottlingException' },
    );
    await expectOneTask(await runs.start());
  });

  test('a workflow that is started again finds the task of its terminated run, and stops it before its own', async () => {
    const first = await runs.start();
    await runs.task(first);
    await first.terminate('test');
    const again = await runs.start({ workflowId: first.workflowId });
    expect(await again.result()).toMatchObject({ delivered: { byThisRun: true } });
    const [old, own, ...more] = runs.tasksOf(again);
    expect(more).toEqual([]);
    expect(endsOf([old, own].flatMap((task) => task ?? []))).toEqual([
      ['UserInitiated', 143],
      ['EssentialContainerExited', 0],
    ]);
    expect(own?.createdAt).toBeGreaterThanOrEqual(old?.end?.at ?? Number.POSITIVE_INFINITY);
  });
});
