import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { etl, until } from '../support/system';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('stopping of tasks', () => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.02);
    await runs.faults({
      launching: [{ fault: 'slowResponse', operation: 'RunTask', times: 1, seconds: 1 }],
      pending: [{ fault: 'stuckStart' }],
      running: [
        { fault: 'serverError', operation: 'StopTask', times: 4 },
        { fault: 'lostResponse', operation: 'StopTask', times: 4 },
        // It must not end while StopTask fails.
        { fault: 'slow', share: 0.03 },
      ],
      'stuck-start': [{ fault: 'stuckStart', status: 'PROVISIONING', times: 1 }],
      gone: [{ fault: 'expiredRecord' }],
      // Three commands must find it alive.
      orphan: [{ fault: 'slow', share: 0.02 }],
    });
  });
  afterAll(() => runs.down());

  /** Awaits the end of the run, by which all of its tasks must have ended. */
  const endOf = async (handle: WorkflowHandle) => {
    const error = await handle.result().catch((thrown: unknown) => thrown);
    const tasks = runs.tasksOf(handle);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const { status, memo } = await handle.describe();
    return {
      status: status.name,
      outcome: (memo?.etl as { outcome?: string } | undefined)?.outcome,
      tasks: endsOf(tasks),
    };
  };

  test.concurrent('cancelled while launching: stops the task that RunTask created', async () => {
    const handle = await runs.start({ workflowId: 'launching' });
    await runs.task(handle, 'made');
    await handle.cancel();
    expect(await endOf(handle)).toEqual({
      status: 'CANCELLED',
      outcome: 'Cancelled',
      tasks: [['UserInitiated', 143]],
    });
  });

  test.concurrent('cancelled while PENDING: the task never starts', async () => {
    const handle = await runs.start({ workflowId: 'pending' });
    await runs.task(handle, 'made');
    await handle.cancel();
    expect(await endOf(handle)).toMatchObject({ status: 'CANCELLED', tasks: [['UserInitiated', undefined]] });
  });

  test.concurrent('cancelled while RUNNING: stops the task although StopTask fails and its responses are lost', async () => {
    const handle = await runs.start({ workflowId: 'running', quick: true, chunkRows: 1000 });
    await runs.task(handle);
    await handle.cancel();
    expect(await endOf(handle)).toMatchObject({ status: 'CANCELLED', tasks: [['UserInitiated', 143]] });
  });

  test.concurrent('cancelled while stopping after the deadline: stops the task and ends as timed out or cancelled', async () => {
    const handle = await runs.start({ workflowId: 'stopping', compute: { timeoutSeconds: 1 } });
    await until('the stop', 30, () => runs.tasksOf(handle)[0]?.stop);
    await handle.cancel();
    const { tasks } = await endOf(handle);
    expect(tasks).toEqual([['UserInitiated', 143]]);
  });

  test.concurrent('after the deadline: stops the task, fails with Timeout, and never relaunches', async () => {
    const handle = await runs.start({ workflowId: 'deadline', compute: { timeoutSeconds: 1 } });
    expect(await endOf(handle)).toEqual({ status: 'FAILED', outcome: 'Timeout', tasks: [['UserInitiated', 143]] });
  });

  test.concurrent('after the start deadline: stops a stuck task before the next launch', async () => {
    const handle = await runs.start({ workflowId: 'stuck-start', quick: true, compute: { startTimeoutSeconds: 1 } });
    const result = await handle.result();
    expect(result).toMatchObject({ launches: [{ failureType: 'StartTimeout' }, { generation: 2 }] });
    const [stuck, second] = runs.tasksOf(handle);
    expect(endsOf(runs.tasksOf(handle))).toEqual([
      ['UserInitiated', undefined],
      ['EssentialContainerExited', 0],
    ]);
    expect(second?.createdAt).toBeGreaterThanOrEqual(stuck?.end?.at ?? Number.POSITIVE_INFINITY);
  });

  test.concurrent('stopping a task that no longer exists succeeds', async () => {
    const handle = await runs.start({ workflowId: 'gone' });
    const task = await runs.task(handle);
    process.kill(task.programs?.programs[0]?.pid ?? 0, 'SIGKILL');
    await until('its end', 20, () => runs.tasksOf(handle)[0]?.end);
    await handle.cancel();
    expect((await endOf(handle)).status).toBe('CANCELLED');
  });

  test.concurrent('the task of a terminated workflow is reported by a dry run and stopped by the reaper', async () => {
    const handle = await runs.start({ workflowId: 'orphan', quick: true, chunkRows: 500 });
    const { arn } = await runs.task(handle);
    await handle.terminate('test');
    // The grace period of one second may not be over yet.
    const report = await until('the orphan', 60, async () => {
      const dry = await etl(['reap', '--grace', '1', '--json'], runs.system.env);
      expect(dry.exitCode).toBe(0);
      const found = JSON.parse(dry.stdout) as { orphans: { taskArn: string; workflowId: string }[]; stopped: string[] };
      return found.orphans.length > 0 ? found : undefined;
    });
    expect(report).toMatchObject({
      dryRun: true,
      orphans: [{ taskArn: arn, workflowId: handle.workflowId }],
      stopped: [],
    });
    expect(runs.tasksOf(handle)[0]?.stop).toBeUndefined();
    const { stdout, exitCode } = await etl(['reap', '--grace', '1', '--stop'], runs.system.env);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`orphan: ${arn} of ${handle.workflowId} (TERMINATED at `);
    expect(stdout).toContain('1 task stopped');
    expect(endsOf(runs.tasksOf(handle))).toEqual([['UserInitiated', 143]]);
  });

  test.concurrent('one command creates and updates the schedule of the reaper', async () => {
    const every = (minutes: string, ...more: string[]) => etl(['reap', '--every', minutes, ...more], runs.system.env);
    expect(await every('15')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('it reports orphaned tasks'),
    });
    expect(await every('30', '--stop')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('it stops orphaned tasks'),
    });
    const { spec, action, policies } = await runs.client.schedule.getHandle('etl-reaper').describe();
    expect(spec.intervals).toMatchObject([{ every: 1_800_000 }]);
    expect(action).toMatchObject({ workflowType: 'reapTasks', args: [{ stop: true, graceSeconds: 600 }] });
    expect(policies.overlap).toBe('SKIP');
    await runs.client.schedule.getHandle('etl-reaper').delete();
  });
});
