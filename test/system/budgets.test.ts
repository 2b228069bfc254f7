import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { PipelineResult } from '../../workflows/etlPipeline';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('task outcomes and the launches that follow', () => {
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
});
