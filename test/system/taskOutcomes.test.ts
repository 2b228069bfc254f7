import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { PipelineResult } from '../../workflows/etlPipeline';
import { etl, until } from '../support/system';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('task outcomes, the launches that follow, and the stopping of tasks', () => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.02);
    await runs.faults({
      'gone-record': [{ fault: 'expiredRecord' }],
      'no-exit-code': [{ fault: 'nullExitCode', times: 1 }],
      interrupted: [{ fault: 'spotInterruption', afterSeconds: 4, noticeSeconds: 5 }],
      'out-of-memory': [
        { fault: 'outOfMemory', afterSeconds: 0.5, exitCode: 0, times: 1 },
        { fault: 'slow', share: 0.05, times: 1 },
      ],
      'no-capacity': [{ fault: 'capacity', times: 3 }],
      unlucky: [
        { fault: 'failedStart', times: 1 },
        { fault: 'hostFailure', afterSeconds: 0.3, after: 1, times: 1 },
        { fault: 'stoppedBySomeone', afterSeconds: 0.3, after: 2, times: 1 },
        { fault: 'slow', share: 0.05, times: 3 },
      ],
      hopeless: [{ fault: 'stoppedBySomeone', afterSeconds: 0, reason: 'maintenance' }],
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

  const resultOf = (handle: WorkflowHandle): Promise<PipelineResult> => handle.result();
  const typesOf = ({ launches }: PipelineResult) => launches.map(({ failureType }) => failureType ?? 'delivered');

  test.concurrent('a run whose task record is gone finds its delivery in the commit log', async () => {
    const handle = await runs.start({ workflowId: 'gone-record', quick: true });
    expect(typesOf(await resultOf(handle))).toEqual(['delivered']);
    expect(endsOf(runs.tasksOf(handle))).toEqual([['EssentialContainerExited', 0]]);
  });

  test.concurrent('a missing exit code is a failure although the batch exists; the next launch finds the batch', async () => {
    const handle = await runs.start({ workflowId: 'no-exit-code', quick: true });
    expect(typesOf(await resultOf(handle))).toEqual(['ExitCodeMissing', 'delivered']);
  });

  test.concurrent('after two Spot interruptions a run resumes on demand from the checkpoint, and reports the cost of every launch', async () => {
    const handle = await runs.start({ workflowId: 'interrupted', quick: true, compute: { spot: true }, chunkRows: 50 });
    // Each task is held from its first chunks until its interruption, so that only some chunks are finished.
    for (const generation of [1, 2]) await runs.holdAtCheckpoint(handle, generation);
    const result = await resultOf(handle);
    expect(typesOf(result)).toEqual(['SpotInterruption', 'SpotInterruption', 'delivered']);
    const tasks = runs.tasksOf(handle);
    expect(tasks.map(({ spot }) => spot)).toEqual([true, true, false]);
    expect(result.launches.map(({ taskArn }) => taskArn)).toEqual(tasks.map(({ arn }) => arn));
    for (const launch of result.launches) {
      expect(launch).toMatchObject({ lane: 'fargate', size: { cpu: 2048, memoryMiB: 8192 } });
      expect(launch.costUsd).toBeGreaterThan(0);
    }
    const { reused } = await runs.manifestOf(handle, 'quick');
    expect(reused).toBeGreaterThan(0);
  });

  test.concurrent('launches a larger task after out of memory with exit code 0', async () => {
    const handle = await runs.start({ workflowId: 'out-of-memory', quick: true });
    expect(typesOf(await resultOf(handle))).toEqual(['OutOfMemory', 'delivered']);
    expect(runs.tasksOf(handle).map(({ size }) => size)).toEqual([
      { cpu: 2048, memoryMiB: 8192 },
      { cpu: 2048, memoryMiB: 16_384 },
    ]);
  });

  test.concurrent('waits for capacity without creating a task', async () => {
    const handle = await runs.start({ workflowId: 'no-capacity', quick: true });
    const none = 'CapacityUnavailable';
    expect(typesOf(await resultOf(handle))).toEqual([none, none, none, 'delivered']);
    expect(runs.tasksOf(handle)).toHaveLength(1);
  });

  test.concurrent('relaunches after a host failure, a failed image pull and an external StopTask', async () => {
    const handle = await runs.start({ workflowId: 'unlucky', quick: true, chunkRows: 500 });
    expect(typesOf(await resultOf(handle))).toEqual(['TaskFailedToStart', 'HostFailure', 'TaskStopped', 'delivered']);
  });

  test.concurrent('an exhausted budget fails the run with all the evidence', async () => {
    const handle = await runs.start({ workflowId: 'hopeless' });
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const failure = (error as WorkflowFailedError).cause as ApplicationFailure;
    expect(failure.type).toBe('TaskStopped');
    expect(failure.message).toContain('(the application budget of 2 relaunches is exhausted)');
    const tasks = runs.tasksOf(handle);
    const stopped = { failureType: 'TaskStopped' };
    expect(failure.details?.[0]).toMatchObject({
      generation: 3,
      taskArn: tasks[2]?.arn,
      stopCode: 'UserInitiated',
      stoppedReason: 'maintenance',
      launches: [stopped, stopped, stopped],
    });
  });

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
