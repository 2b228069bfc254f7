import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { PipelineResult } from '../../workflows/etlPipeline';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('the truth about the end, and what follows from it', () => {
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

  test.concurrent('a record that is gone when it is asked for: the commit log knows that it delivered', async () => {
    const handle = await runs.start({ workflowId: 'gone-record', quick: true });
    expect(typesOf(await resultOf(handle))).toEqual(['delivered']);
    expect(endsOf(runs.tasksOf(handle))).toEqual([['EssentialContainerExited', 0]]);
  });

  test.concurrent('no exit code is a failure, though the batch is there: the next launch finds it and says so', async () => {
    const handle = await runs.start({ workflowId: 'no-exit-code', quick: true });
    expect(typesOf(await resultOf(handle))).toEqual(['ExitCodeMissing', 'delivered']);
  });

  test.concurrent('two Spot interruptions, then on demand, each time from the checkpoint; every launch is shown with its cost', async () => {
    const handle = await runs.start({ workflowId: 'interrupted', quick: true, compute: { spot: true }, chunkRows: 50 });
    // Each stands still from its first chunks to its interruption, so that some are finished by then, and some not.
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

  test.concurrent('out of memory with exit code 0: the next task is larger', async () => {
    const handle = await runs.start({ workflowId: 'out-of-memory', quick: true });
    expect(typesOf(await resultOf(handle))).toEqual(['OutOfMemory', 'delivered']);
    expect(runs.tasksOf(handle).map(({ size }) => size)).toEqual([
      { cpu: 2048, memoryMiB: 8192 },
      { cpu: 2048, memoryMiB: 16_384 },
    ]);
  });

  test.concurrent('no capacity: waited for, and no task was made meanwhile', async () => {
    const handle = await runs.start({ workflowId: 'no-capacity', quick: true });
    const none = 'CapacityUnavailable';
    expect(typesOf(await resultOf(handle))).toEqual([none, none, none, 'delivered']);
    expect(runs.tasksOf(handle)).toHaveLength(1);
  });

  test.concurrent('a host that fails, an image that cannot be pulled and a stranger with StopTask: launched again', async () => {
    const handle = await runs.start({ workflowId: 'unlucky', quick: true, chunkRows: 500 });
    expect(typesOf(await resultOf(handle))).toEqual(['TaskFailedToStart', 'HostFailure', 'TaskStopped', 'delivered']);
  });

  test.concurrent('a budget that is used up fails the run with all the evidence', async () => {
    const handle = await runs.start({ workflowId: 'hopeless' });
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const failure = (error as WorkflowFailedError).cause as ApplicationFailure;
    expect(failure.type).toBe('TaskStopped');
    expect(failure.message).toContain('(the application budget of 2 new launches is used up)');
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
