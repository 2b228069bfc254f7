import type { WorkflowHandle } from '@temporalio/client';
import { createReportReader } from '../../client/taskReports';
import { command } from '../support/processes';
import { until } from '../support/system';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const temporal = process.env.ETL_TEST_TEMPORAL ?? 'temporal';

withServer('one task despite lost responses and lost workers', () => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.05);
    await runs.faults({
      'lost-answer': [{ fault: 'lostResponse', operation: 'RunTask', times: 3 }],
      forgetful: [
        { fault: 'missing', seconds: 1 },
        { fault: 'throttling', operation: 'DescribeTasks', probability: 0.3, as: 'ClientException' },
        { fault: 'throttling', operation: 'DescribeTasks', probability: 0.3, as: 'ThrottlingException' },
      ],
      reporting: [{ fault: 'slow', share: 0.04 }],
      unrecorded: [{ fault: 'slowResponse', operation: 'RunTask', times: 1, seconds: 60 }],
    });
  });
  afterAll(() => runs.down());

  const address = () => ['--address', runs.system.ready?.temporal ?? ''];
  const endWorker = async (signal: NodeJS.Signals) => {
    const pid = runs.system.workerPid();
    if (pid === undefined) throw new Error('there is no worker');
    process.kill(pid, signal);
    await until('another worker', 30, () => ![undefined, pid].includes(runs.system.workerPid()));
  };
  const pending = (handle: WorkflowHandle, activity: string) =>
    until(`a pending ${activity} of ${handle.workflowId}`, 10, async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find((each) => each.activityType?.name === activity)?.activityId;
    });
  /** Expects a delivery by exactly one task, which was never stopped. */
  const expectOneTask = async (handle: WorkflowHandle) => {
    expect(await handle.result()).toMatchObject({ delivered: { byThisRun: true }, launches: [{ generation: 1 }] });
    expect(endsOf(runs.tasksOf(handle))).toEqual([['EssentialContainerExited', 0]]);
  };

  test.concurrent('launches once although the response of RunTask is lost three times', async () => {
    await expectOneTask(await runs.start({ workflowId: 'lost-answer', quick: true }));
    expect((await runs.faultStatus()).counts[0]).toBe(3);
  });

  test.concurrent('keeps its task when the waiting activity is reset', async () => {
    const handle = await runs.start();
    await runs.task(handle);
    const id = await pending(handle, 'awaitTask');
    const reset = ['activity', 'reset', '--workflow-id', handle.workflowId, '--activity-id', id, ...address()];
    expect(await command(temporal, reset)).toMatchObject({ exitCode: 0 });
    await expectOneTask(handle);
  });

  test.concurrent('keeps its task when DescribeTasks first omits it and is then throttled in both forms', async () => {
    await expectOneTask(await runs.start({ workflowId: 'forgetful' }));
  });

  test.concurrent('a restarted workflow finds the task of its terminated run and stops it before it launches its own', async () => {
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

  test.concurrent('reports progress in the heartbeat details of the wait, and at most four times in the history', async () => {
    const handle = await runs.start({ workflowId: 'reporting', chunkRows: 500 });
    const read = createReportReader(handle);
    const seen = new Set<string>();
    await until('two reports', 60, async () => {
      const [report] = await read(await handle.describe());
      if (report?.progress) seen.add(report.progress.updatedAt);
      return seen.size >= 2;
    });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const signals = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes);
    expect(signals.length).toBeLessThanOrEqual(4);
  });

  test('keeps its task when the worker is redeployed during the wait', async () => {
    const handle = await runs.start();
    await runs.task(handle);
    await endWorker('SIGTERM');
    await expectOneTask(handle);
  });

  describe('a killed worker', () => {
    const handles: WorkflowHandle[] = [];
    beforeAll(async () => {
      handles.push(await runs.start({ workflowId: 'unrecorded' }), await runs.start());
      const [unrecorded, waiting] = handles as [WorkflowHandle, WorkflowHandle];
      await runs.task(unrecorded, 'made');
      await runs.task(waiting);
      await endWorker('SIGKILL');
      // The attempt of a killed worker times out after half a minute unless its timeout is shortened.
      const launch = ['--workflow-id', unrecorded.workflowId, '--activity-id', await pending(unrecorded, 'launchTask')];
      const sooner = ['activity', 'update-options', ...launch, '--start-to-close-timeout', '2s', ...address()];
      expect(await command(temporal, sooner)).toMatchObject({ exitCode: 0 });
    });

    test.concurrent('keeps the task when killed between RunTask and its record', async () => {
      await expectOneTask(handles[0] as WorkflowHandle);
    });

    test.concurrent('lost-worker: when the heartbeat of the wait times out, the next attempt finds the task again', async () => {
      await expectOneTask(handles[1] as WorkflowHandle);
    });
  });
});
