import { Context } from '@temporalio/activity';
import { CancelledFailure, type WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { delivered, exited, failureOf, fakeActivities, names, until, waitForCancel } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';
import { gate } from './nightlyBatch/support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

// The test server stops skipping time once an activity is abandoned; tests that need skipped time are in
// etlPipeline.test.ts.
withServer('early ends of etlPipeline', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  test('stops the task on a timeout, waits until it is STOPPED, and does not retry', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({
        valid: true,
        plan: samplePlan({ timings: { ...samplePlan().timings, timeoutSeconds: 1 } }),
      }),
      awaitTask: waitForCancel,
      confirmCommit: async () => ({ kind: 'missing' }),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('Timeout');
    expect(names(calls)).toEqual([
      ...['validateInput', 'launchTask', 'awaitTask', 'stopTask'],
      ...['confirmCommit', 'notify', 'sendToDeadLetters'],
    ]);
  });

  test('delivers when the timeout comes after the commit of the task', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({
        valid: true,
        plan: samplePlan({ timings: { ...samplePlan().timings, timeoutSeconds: 1 } }),
      }),
      awaitTask: waitForCancel,
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result).toMatchObject({ delivered: { byThisRun: true } });
    expect(names(calls)).toEqual(['validateInput', 'launchTask', 'awaitTask', 'stopTask', 'confirmCommit', 'notify']);
  });

  describe('cancellation', () => {
    const confirmCommit = async () => ({ kind: 'missing' }) as const;
    const cancelWhen = async (phase: string, changes: Parameters<typeof fakeActivities>[0]) => {
      const { activities, calls } = fakeActivities({ confirmCommit, ...changes });
      await rig.with(activities, async (start) => {
        const handle = await start();
        await until(() => names(calls).includes(phase));
        await handle.cancel();
        const error = await handle.result().catch((thrown: unknown) => thrown);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      });
      return calls;
    };

    test('during validation sends an alert, writes no dead letter, and launches nothing', async () => {
      const calls = await cancelWhen('validateInput', { validateInput: async () => Context.current().cancelled });
      expect(names(calls)).toEqual(['validateInput', 'notify']);
      expect(calls.at(-1)?.input).toMatchObject({ outcome: { kind: 'cancelled', failureType: 'Cancelled' } });
    });

    test('during a launch awaits the launch and stops its task', async () => {
      const calls = await cancelWhen('launchTask', {
        launchTask: async () => {
          await new Promise((resolve) => setTimeout(resolve, 500));
          return { kind: 'launched', taskArn: 'arn:late', generation: 1 };
        },
      });
      expect(names(calls)).toEqual(['validateInput', 'launchTask', 'stopTask', 'confirmCommit', 'notify']);
      expect(calls[2]?.input).toMatchObject({ taskArn: 'arn:late' });
    });

    test('while the task runs stops the task before the run ends', async () => {
      const calls = await cancelWhen('awaitTask', { awaitTask: waitForCancel });
      expect(names(calls)).toEqual([
        ...['validateInput', 'launchTask', 'awaitTask', 'stopTask'],
        ...['confirmCommit', 'notify'],
      ]);
    });

    test('during the backoff before a new launch has no task to stop', async () => {
      const { activities, calls } = fakeActivities({
        confirmCommit,
        awaitTask: async ({ taskArn }) => exited(taskArn, 1),
      });
      await rig.with(activities, async (start) => {
        const handle = await start();
        await until(() => names(calls).includes('awaitTask'));
        await untilItWaits(handle);
        await handle.cancel();
        const error = await handle.result().catch((thrown: unknown) => thrown);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      });
      expect(names(calls)).toEqual(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit', 'notify']);
    });

    test.each<[string, Parameters<typeof fakeActivities>[0]]>([
      ['awaitTask', { awaitTask: waitForCancel }],
      ['confirmCommit', {}],
    ])('during %s, after the commit of the task, does not prevent the delivery', async (phase, changes) => {
      const again = gate();
      let looks = 0;
      const { activities, calls } = fakeActivities({
        confirmCommit: async () => {
          if (looks++ > 0) again.open();
          else if (phase === 'confirmCommit') await again.passed;
          return delivered;
        },
        ...changes,
      });
      await rig.with(activities, async (start) => {
        const handle = await start();
        await until(() => names(calls).includes(phase));
        await handle.cancel();
        expect(await handle.result()).toMatchObject({ delivered: { byThisRun: true }, notification: { sent: true } });
        expect((await handle.describe()).status.name).toBe('COMPLETED');
      });
      expect(calls.at(-1)?.input).toMatchObject({ outcome: { kind: 'success' } });
    });

    test('after the commit of a task that cannot be stopped does not prevent the delivery', async () => {
      const { activities, calls } = fakeActivities({
        awaitTask: waitForCancel,
        stopTask: async () => {
          throw ApplicationFailure.nonRetryable('the credentials have expired', 'ServiceUnavailable');
        },
      });
      await rig.with(activities, async (start) => {
        const handle = await start();
        await until(() => names(calls).includes('awaitTask'));
        await handle.cancel();
        expect(await handle.result()).toMatchObject({ delivered: { byThisRun: true } });
      });
    });

    test('after a commit by another run cancels the run, since this run has delivered nothing', async () => {
      const calls = await cancelWhen('awaitTask', {
        awaitTask: waitForCancel,
        confirmCommit: async () => ({ ...delivered, byThisRun: false }),
      });
      expect(calls.at(-1)?.input).toMatchObject({ outcome: { kind: 'cancelled' } });
    });

    test('while the success message is sent does not prevent the delivery', async () => {
      const { activities, calls } = fakeActivities({
        notify: async () => {
          await new Promise((resolve) => setTimeout(resolve, 500));
          return { messageId: 'm' };
        },
      });
      await rig.with(activities, async (start) => {
        const handle = await start();
        await until(() => names(calls).includes('notify'));
        await handle.cancel();
        expect(await handle.result()).toMatchObject({ notification: { sent: true } });
      });
    });
  });

  test('the status query returns the batch, the step and the progress that the last signal reported', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { activities, calls } = fakeActivities({
      awaitTask: async ({ taskArn }) => {
        await finished;
        return exited(taskArn, 0);
      },
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => names(calls).includes('awaitTask'));
      const progress = { phase: 'converting', bytesRead: 5, bytesTotal: 10, rowsRead: 7, parts: 1, updatedAt: '' };
      await handle.signal('taskProgress', { generation: 9, progress: { ...progress, rowsRead: 1 } });
      const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' };
      const running = { step: 'transform', generation: 1, taskArn: 'arn:task/1', batch };
      expect(await handle.query('status')).toEqual(running);
      await handle.signal('taskProgress', { generation: 1, progress });
      expect(await handle.query('status')).toEqual({ ...running, progress });
      finish();
      await handle.result();
      expect(await handle.query('status')).toMatchObject({ step: 'done', launches: [{ generation: 1 }] });
    });
  });

  test('an ECS event ends the wait before the next poll and describes the task again at once', async () => {
    let waits = 0;
    const { activities, calls } = fakeActivities({
      awaitTask: async (input) => (waits++ === 0 ? waitForCancel() : exited(input.taskArn, 0)),
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => names(calls).includes('awaitTask'));
      await handle.signal('taskStateChanged', { taskArn: 'arn:another', lastStatus: 'STOPPED' });
      await handle.signal('taskStateChanged', { taskArn: 'arn:task/1', lastStatus: 'RUNNING' });
      expect(waits).toBe(1);
      await handle.signal('taskStateChanged', { taskArn: 'arn:task/1', lastStatus: 'STOPPED' });
      expect(await handle.result()).toMatchObject({ delivered: { kind: 'delivered' } });
    });
    expect(names(calls)).toEqual(['validateInput', 'launchTask', 'awaitTask', 'awaitTask', 'confirmCommit', 'notify']);
  });
});

async function untilItWaits(handle: WorkflowHandle): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const status = await handle.query<{ step: string }>('status');
    if (status.step === 'wait') return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never waited');
}
