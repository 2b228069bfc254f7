import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { LaunchInput } from '../../activities/contract';
import { delivered, exited, failureOf, fakeActivities, names } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';
import { sampleEvent, samplePlan } from '../support/samplePlan';

/** Limits launch attempts to 15 minutes, since six hours would add hundreds of identical attempts. */
const quarterOfAnHour = samplePlan({ timings: { ...samplePlan().timings, launchQueueSeconds: 900 } });

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

withServer('etlPipeline', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  test('validates, launches once, confirms the commit and sends one success message', async () => {
    const { activities, calls } = fakeActivities();
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result).toMatchObject({ delivered: { commit: 1 }, notification: { sent: true, messageId: 'm1' } });
    expect(names(calls)).toEqual(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit', 'notify']);
    expect(calls.at(-1)?.input).toMatchObject({
      outcome: { kind: 'success', totals: delivered.totals },
      subject: { dataset: 'ventas', batchDate: '2026-02-08' },
    });
  });

  test('launches nothing for a file that is already delivered, and records that on the run', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, delivered: true, plan: samplePlan() }),
    });
    const [result, memo] = await rig.with(activities, async (start) => {
      const handle = await start();
      return [await handle.result(), (await handle.describe()).memo];
    });
    expect(names(calls)).toEqual(['validateInput', 'confirmCommit', 'notify']);
    expect(result).toMatchObject({ alreadyDelivered: true, delivered: { commit: 1 }, launches: [] });
    expect(memo).toMatchObject({ etl: { outcome: 'delivered', alreadyDelivered: true } });
  });

  test('a batch of another source launches nothing and fails with SourceConflict, alert and dead letter', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => {
        throw ApplicationFailure.nonRetryable('delivered from a.csv, and b.csv would replace it', 'SourceConflict');
      },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'SourceConflict', message: expect.stringContaining('a.csv, and b.csv') });
    expect(names(calls)).toEqual(['validateInput', 'notify', 'sendToDeadLetters']);
    expect(calls[1]?.input).toMatchObject({ subject: { batchDate: '2026-02-08' } });
  });

  test('a source that is replaced after validation fails with SourceChanged after one launch', async () => {
    const { activities, calls } = fakeActivities({ awaitTask: async ({ taskArn }) => exited(taskArn, 80) });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('SourceChanged');
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(1);
  });

  test('invalid input launches nothing, alerts with all reasons, and writes the event to a dead letter', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: false, reasons: ['no header', 'bad date'], batch: { source: 'x' } }),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start({ detail: { odd: 1 } })));
    expect(failure).toMatchObject({ type: 'InvalidInput', message: 'no header; bad date' });
    expect(names(calls)).toEqual(['validateInput', 'notify', 'sendToDeadLetters']);
    expect(calls[1]?.input).toMatchObject({ outcome: { kind: 'invalid', reasons: ['no header', 'bad date'] } });
    expect(calls[2]?.input).toMatchObject({ event: { detail: { odd: 1 } }, failureType: 'InvalidInput' });
  });

  test.each([
    [
      'refuses its configuration',
      async () => Promise.reject(ApplicationFailure.nonRetryable('x', 'BadConfiguration')),
      {},
    ],
    [
      'cannot read its event',
      async () => ({ valid: false as const, reasons: ['x'], batch: { dataset: 'y' } }),
      { dataset: 'y' },
    ],
  ])('the alert and the memo of a run that %s have the batch of its workflow ID', async (_, validateInput, known) => {
    const { activities, calls } = fakeActivities({ validateInput });
    const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte', ...known };
    await rig.with(activities, async (start) => {
      const handle = await start(sampleEvent, `etl/ventas/2026-02-08/norte/${Object.keys(known).length}23456789abc`);
      await failureOf(handle);
      expect((await handle.describe()).memo).toMatchObject({ etl: batch });
    });
    expect(calls.find(({ name }) => name === 'notify')?.input).toMatchObject({ subject: batch });
  });

  test('a run without notifications sends no message, writes dead letters, and records that on the run', async () => {
    const { detail } = sampleEvent;
    const quiet = { detail: { ...detail, notifications: 'none' } };
    const good = fakeActivities({
      validateInput: async () => ({ valid: true, plan: samplePlan({ notifications: 'none' }) }),
    });
    const result = await rig.with(good.activities, async (start) => (await start(quiet)).result());
    expect(result).toMatchObject({ notification: { sent: false, notAsked: true } });
    expect(names(good.calls)).toEqual(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit']);
    const bad = fakeActivities({ validateInput: async () => ({ valid: false, reasons: ['no header'], batch: {} }) });
    await rig.with(bad.activities, async (start) => {
      const handle = await start(quiet);
      expect((await failureOf(handle)).type).toBe('InvalidInput');
      expect((await handle.describe()).memo).toMatchObject({ etl: { notification: { sent: false, notAsked: true } } });
    });
    expect(names(bad.calls)).toEqual(['validateInput', 'sendToDeadLetters']);
  });

  test('launches a failed task again after 60 s and 120 s, each as a new generation, then fails the run', async () => {
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn }) => exited(taskArn, 74),
      confirmCommit: async () => ({ kind: 'missing' }),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('TaskFailed');
    const launches = calls.filter((call) => call.name === 'launchTask');
    expect(launches.map((call) => (call.input as { generation: number }).generation)).toEqual([1, 2, 3]);
    const ends = calls.filter((call) => call.name === 'awaitTask').map((call) => call.atSeconds);
    const gaps = [1, 2].map((index) => (launches[index]?.atSeconds ?? 0) - (ends[index - 1] ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(60);
    // Allows for 10% jitter and the calls between.
    expect(gaps[0]).toBeLessThan(76);
    expect(gaps[1]).toBeGreaterThanOrEqual(120);
    expect(gaps[1]).toBeLessThan(142);
    expect(names(calls).slice(-2)).toEqual(['notify', 'sendToDeadLetters']);
    expect(calls.at(-2)?.input).toMatchObject({
      outcome: {
        kind: 'failure',
        failureType: 'TaskFailed',
        reason: 'exit code 74 (the application budget of 2 relaunches is exhausted)',
        evidence: { generation: 3, taskArn: 'arn:task/3', exitCode: 74, logTail: ['last line'] },
      },
    });
  });

  test('delivers when the task is lost after its commit as often as the budget allows', async () => {
    const { activities, calls } = fakeActivities({ awaitTask: async ({ taskArn }) => exited(taskArn, 143) });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result).toMatchObject({ delivered: { byThisRun: true } });
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(3);
    expect(result.launches).toHaveLength(3);
  });

  test('delivers when the second launch succeeds', async () => {
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn, generation }) => exited(taskArn, generation === 1 ? 137 : 0),
    });
    await rig.with(activities, async (start) => (await start()).result());
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(2);
  });

  test.each([
    [65, 'BadData'],
    [66, 'NoSuchInput'],
    [78, 'BadConfiguration'],
    [76, 'Held'],
  ])('exit code %i fails with %s and is not retried', async (exitCode, type) => {
    const { activities, calls } = fakeActivities({ awaitTask: async ({ taskArn }) => exited(taskArn, exitCode) });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe(type);
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(1);
  });

  test.each<[string, Partial<TaskEnd>, string]>([
    ['no exit code', { stopCode: 'EssentialContainerExited' }, 'ExitCodeMissing'],
    ['a task that never started', { stopCode: 'TaskFailedToStart', stoppedReason: 'no image' }, 'TaskFailedToStart'],
    ['a task stopped by another caller', { stopCode: 'UserInitiated', exitCode: 143 }, 'TaskStopped'],
  ])('%s fails the run', async (_what, end, type) => {
    const { activities } = fakeActivities({
      awaitTask: async ({ taskArn }) => ({ taskArn, status: 'stopped', logTail: [], ...end }),
      confirmCommit: async () => ({ kind: 'missing' }),
    });
    expect((await rig.with(activities, async (start) => failureOf(await start()))).type).toBe(type);
  });

  test('exit code 0 without a commit fails the run', async () => {
    const { activities } = fakeActivities({ confirmCommit: async () => ({ kind: 'missing' }) });
    expect((await rig.with(activities, async (start) => failureOf(await start()))).type).toBe('CommitMissing');
  });

  test('a batch that a later run published from another source fails with Superseded', async () => {
    const { activities } = fakeActivities({ confirmCommit: async () => ({ kind: 'superseded', by: 'r2' }) });
    expect((await rig.with(activities, async (start) => failureOf(await start()))).type).toBe('Superseded');
  });

  test('settles a task that ECS no longer knows from the commit log', async () => {
    const forgotten = async ({ taskArn }: { taskArn: string }): Promise<TaskEnd> => ({
      taskArn,
      status: 'unknown',
      logTail: [],
    });
    const found = fakeActivities({ awaitTask: forgotten });
    await rig.with(found.activities, async (start) => (await start()).result());
    const lost = fakeActivities({ awaitTask: forgotten, confirmCommit: async () => ({ kind: 'missing' }) });
    expect((await rig.with(lost.activities, async (start) => failureOf(await start()))).type).toBe('OutcomeUnknown');
  });

  test('stops the tasks of an earlier run before the launch', async () => {
    let asked = 0;
    const { activities, calls } = fakeActivities({
      launchTask: async () =>
        asked++ === 0 ? { kind: 'blocked', by: ['arn:old'] } : { kind: 'launched', taskArn: 'arn:new', generation: 1 },
    });
    await rig.with(activities, async (start) => (await start()).result());
    expect(names(calls).slice(1, 4)).toEqual(['launchTask', 'stopTask', 'launchTask']);
    expect(calls[2]?.input).toMatchObject({ taskArn: 'arn:old' });
  });

  test('retries a launch that ECS refuses as a new generation', async () => {
    const { activities, calls } = fakeActivities({
      launchTask: async ({ generation }) =>
        generation === 1
          ? { kind: 'refused', reason: 'Capacity is unavailable at this time', cause: 'capacity' }
          : { kind: 'launched', taskArn: 'arn:2', generation },
    });
    await rig.with(activities, async (start) => (await start()).result());
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(2);
  });

  test('a failed success message is recorded and does not undo the delivery', async () => {
    const { activities } = fakeActivities({
      notify: async () => {
        throw new Error('SNS is away');
      },
    });
    const handle = await rig.with(activities, async (start) => {
      const started = await start();
      expect(await started.result()).toMatchObject({
        notification: { sent: false, error: expect.stringContaining('SNS is away') },
      });
      return started;
    });
    const { memo } = await handle.describe();
    expect(memo).toMatchObject({ etl: { outcome: 'delivered', notification: { sent: false } } });
  });

  test('fails with ServiceUnavailable and sends an alert when validation cannot run', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => {
        throw new Error('S3 is away');
      },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'ServiceUnavailable', message: expect.stringContaining('S3 is away') });
    expect(names(calls).slice(-2)).toEqual(['notify', 'sendToDeadLetters']);
  });

  test('a non-retryable launch error fails the run at once with the failure type of the activity', async () => {
    const { activities, calls } = fakeActivities({
      launchTask: async () => {
        throw ApplicationFailure.nonRetryable('TaskDefinition not found', 'BadConfiguration');
      },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'BadConfiguration', message: 'TaskDefinition not found' });
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(1);
  });

  describe('retry budgets', () => {
    const launchesOf = (calls: readonly Call[]) =>
      calls.filter(({ name }) => name === 'launchTask').map(({ input }) => input as LaunchInput);

    test('relaunch on demand after two Spot losses and list each launch with the reason for its end', async () => {
      const interrupted = { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' };
      const { activities, calls } = fakeActivities({
        validateInput: async () => ({ valid: true, plan: samplePlan({ compute: { spot: true } }) }),
        awaitTask: async ({ taskArn, generation }) => ({
          ...exited(taskArn, generation < 3 ? 143 : 0),
          ...(generation < 3 && interrupted),
        }),
      });
      const result = await rig.with(activities, async (start) => (await start()).result());
      expect(launchesOf(calls).map(({ spot }) => spot)).toEqual([true, true, false]);
      expect(result.launches).toMatchObject([
        { generation: 1, spot: true, taskArn: 'arn:task/1', failureType: 'SpotInterruption', exitCode: 143 },
        { generation: 2, spot: true, failureType: 'SpotInterruption' },
        { generation: 3, spot: false, exitCode: 0 },
      ]);
      expect(result.launches[2]).not.toHaveProperty('failureType');
    });

    test('relaunch with twice the memory that ECS reports for the task after it ran out of memory', async () => {
      const { activities, calls } = fakeActivities({
        awaitTask: async ({ taskArn, generation }) => ({
          ...exited(taskArn, generation === 1 ? 137 : 0),
          size: { cpu: 1024, memoryMiB: 4096 },
          ...(generation === 1 && { containerReason: 'OutOfMemoryError: Container killed due to memory usage' }),
        }),
      });
      await rig.with(activities, async (start) => (await start()).result());
      expect(launchesOf(calls).map(({ size }) => size)).toEqual([undefined, { cpu: 1024, memoryMiB: 8192 }]);
    });

    test('wait out a night without capacity with a capped backoff and charge no other budget', async () => {
      const { activities, calls } = fakeActivities({
        launchTask: async ({ generation }) =>
          generation <= 30
            ? { kind: 'refused', reason: 'Capacity is unavailable at this time', cause: 'capacity' }
            : { kind: 'launched', taskArn: 'arn:late', generation },
      });
      const result = await rig.with(activities, async (start) => (await start()).result());
      const at = calls.filter(({ name }) => name === 'launchTask').map(({ atSeconds }) => atSeconds);
      expect(at).toHaveLength(31);
      expect((at[30] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(2 * 3600);
      expect(result.launches).toHaveLength(20);
      expect(result.launches[0]).toMatchObject({ failureType: 'CapacityUnavailable' });
    });

    test('wait out throttling that outlasts the retries of a launch', async () => {
      let until: number | undefined;
      const { activities } = fakeActivities({
        validateInput: async () => ({ valid: true, plan: quarterOfAnHour }),
        launchTask: async ({ generation }) => {
          const now = activityInfo().currentAttemptScheduledTimestampMs;
          until ??= now + 1000 * ((quarterOfAnHour.timings.launchQueueSeconds ?? 0) + 1800);
          if (now < until) throw ApplicationFailure.create({ type: 'Throttled', message: 'Rate exceeded' });
          return { kind: 'launched', taskArn: 'arn:late', generation };
        },
      });
      const result = await rig.with(activities, async (start) => (await start()).result());
      expect(result.launches[0]).toMatchObject({ failureType: 'Throttled', reason: 'Rate exceeded' });
    });
  });

  test('finds and stops a task that an unanswered launch may have started before the next launch', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan: quarterOfAnHour }),
      launchTask: async ({ generation }) => {
        if (generation === 1) throw new Error('socket hang up');
        return { kind: 'launched', taskArn: 'arn:2', generation };
      },
      findTasks: async () => ['arn:unrecorded'],
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    const essential = names(calls).filter((name) => name !== 'launchTask' && name !== 'notify');
    expect(essential).toEqual(['validateInput', 'findTasks', 'stopTask', 'awaitTask', 'confirmCommit']);
    expect(calls.find(({ name }) => name === 'stopTask')?.input).toMatchObject({ taskArn: 'arn:unrecorded' });
    expect(result.launches).toMatchObject([{ failureType: 'LaunchUnanswered' }, { generation: 2 }]);
  });

  test('stops a task that starts late and launches a new one once it is STOPPED', async () => {
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn, generation }) =>
        generation === 1 ? { taskArn, status: 'notStarted', logTail: [] } : exited(taskArn, 0),
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(names(calls).slice(1, 6)).toEqual(['launchTask', 'awaitTask', 'stopTask', 'launchTask', 'awaitTask']);
    expect(result.launches[0]).toMatchObject({ failureType: 'StartTimeout', taskArn: 'arn:task/1' });
  });

  test('awaits a task that was found running under its original generation', async () => {
    const { activities, calls } = fakeActivities({
      launchTask: async ({ generation }) =>
        generation === 1
          ? { kind: 'refused', reason: 'INACTIVE', cause: 'other' }
          : { kind: 'launched', taskArn: 'arn:unrecorded', generation: 1 },
    });
    await rig.with(activities, async (start) => (await start()).result());
    expect(calls.find(({ name }) => name === 'awaitTask')?.input).toMatchObject({
      taskArn: 'arn:unrecorded',
      generation: 1,
    });
  });

  test('the failure carries the task, generation, exit code, reason, log and every launch', async () => {
    const { activities } = fakeActivities({
      awaitTask: async ({ taskArn }) => ({
        ...exited(taskArn, 65),
        stoppedReason: 'Essential container in task exited',
      }),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.details).toMatchObject([
      {
        generation: 1,
        taskArn: 'arn:task/1',
        exitCode: 65,
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        logTail: ['last line'],
        launches: [{ generation: 1, exitCode: 65, failureType: 'BadData' }],
      },
    ]);
  });
});
