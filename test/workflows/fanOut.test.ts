import { reconcileName } from '@etl/pipeline/layout';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { CancelledFailure, type WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { LaunchInput } from '../../activities/contract';
import { exited, failureOf, fakeActivities, names, until, waitForCancel } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

type Changes = Parameters<typeof fakeActivities>[0];

/**
 * Activities of a file that three tasks convert. The ARN of a fake task contains its workflow ID, mode and generation.
 */
const ofShards = (changes: Changes = {}) =>
  fakeActivities({
    validateInput: async () => ({ valid: true, plan: samplePlan({ compute: { spot: false, shards: 3 } }) }),
    launchTask: async ({ run, generation, mode }) => ({
      kind: 'launched',
      taskArn: `arn:${run.workflowId}:${mode?.kind}:${generation}`,
      generation,
    }),
    ...changes,
  });
const launches = (calls: readonly Call[]): LaunchInput[] =>
  calls.filter(({ name }) => name === 'launchTask').map(({ input }) => input as LaunchInput);
const ownLaunches = (calls: readonly Call[]) =>
  launches(calls)
    .filter(({ mode }) => mode?.kind !== 'shard')
    .map(({ generation, mode }) => [generation, mode?.kind]);
/** Launches of shards as `shard: generation`: `2: 1` is the first launch of the second shard. */
const shardLaunches = (calls: readonly Call[]): string[] =>
  launches(calls)
    .flatMap(({ mode, generation }) => (mode?.kind === 'shard' ? [`${mode.number}: ${generation}`] : []))
    .sort();
const stopped = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ name }) => name === 'stopTask')
    .map(({ input }) => (input as { taskArn: string }).taskArn.replace(/^.*?\//, ''))
    .sort();
const outcomeOf = (calls: readonly Call[]) => calls.find(({ name }) => name === 'notify')?.input;
const isRunning = (calls: readonly Call[], ...arns: string[]) =>
  arns.every((arn) =>
    calls.some(({ name, input }) => name === 'awaitTask' && (input as { taskArn: string }).taskArn.includes(arn)),
  );

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
}, 60_000);
afterAll(() => rig.stop());

withServer('a file that several tasks convert', () => {
  test('starts shards with large plans in several workflow tasks', async () => {
    const columns = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`column_number_${n}`, 'text' as const]));
    const plan = samplePlan({ compute: { spot: false, shards: 10 }, options: { columns } });
    const { activities } = ofShards({ validateInput: async () => ({ valid: true, plan }) });
    const workflowId = await rig.with(activities, async (start) => {
      const handle = await start();
      await handle.result();
      return handle.workflowId;
    });
    const { events } = await rig.historyOf(workflowId);
    const bytes = new Map<string, number>();
    for (const { startChildWorkflowExecutionInitiatedEventAttributes: started } of events ?? []) {
      const task = String(started?.workflowTaskCompletedEventId);
      const [payload] = started?.input?.payloads ?? [];
      bytes.set(task, (bytes.get(task) ?? 0) + (payload?.data?.length ?? 0));
    }
    bytes.delete('undefined');
    expect(bytes.size).toBeGreaterThan(1);
    expect(Math.max(...bytes.values())).toBeLessThanOrEqual(1024 * 1024);
  }, 120_000);

  test('launches an index, a child workflow per shard and one commit, with consecutive own generations', async () => {
    const { activities, calls } = ofShards();
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(ownLaunches(calls)).toEqual([
      [1, 'index'],
      [2, 'commit'],
    ]);
    const [index] = launches(calls);
    const indexUri = `file:///lake/_etl/ventas/2026-02-08/ventas_2026_02/work/${index?.run.runId}-1/index.json`;
    const shards = launches(calls)
      .slice(1, -1)
      .sort((a, b) => (a.run.workflowId < b.run.workflowId ? -1 : 1));
    expect(shards.map(({ mode }) => mode)).toEqual(
      [1, 2, 3].map((number) => ({ kind: 'shard', number, of: 3, indexUri })),
    );
    expect(shards.map(({ run }) => run.workflowId)).toEqual(
      [1, 2, 3].map((number) => `${index?.run.workflowId}/shard-${number}-of-3`),
    );
    expect(launches(calls).at(-1)?.mode).toEqual({ kind: 'commit', shards: { of: 3, indexUri } });
    expect(result.launches).toMatchObject([
      { purpose: 'index', generation: 1 },
      { shard: expect.stringMatching(/^\d\/3$/) },
      { shard: expect.stringMatching(/^\d\/3$/) },
      { shard: expect.stringMatching(/^\d\/3$/) },
      { purpose: 'commit', generation: 2 },
    ]);
    const sought = calls
      .filter(({ name }) => name === 'confirmWork')
      .map(({ input }) => (input as { uri: string }).uri);
    expect(sought.map((uri) => uri.split('/').at(-1))).toEqual([
      'index.json',
      'shard.json',
      'shard.json',
      'shard.json',
    ]);
    expect(names(calls).filter((name) => name === 'notify')).toHaveLength(1);
  });

  test('relaunches only the shard whose task is lost', async () => {
    const { activities, calls } = ofShards({
      awaitTask: async ({ taskArn }) => exited(taskArn, /shard-2.*:1$/.test(taskArn) ? 137 : 0),
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(shardLaunches(calls)).toEqual(['1: 1', '2: 1', '2: 2', '3: 1']);
    expect(result.launches).toContainEqual(expect.objectContaining({ shard: '2/3', failureType: 'TaskKilled' }));
  });

  test('relaunches a shard or an index that exits with 0 without writing its file', async () => {
    let looks = 0;
    const { activities, calls } = ofShards({ confirmWork: async () => (looks++ & 1) === 1 });
    await rig.with(activities, async (start) => (await start()).result());
    expect(ownLaunches(calls)).toEqual([
      [1, 'index'],
      [2, 'index'],
      [3, 'commit'],
    ]);
    expect(shardLaunches(calls).length).toBeGreaterThan(3);
  });

  test('a task that ECS no longer knows counts as done when its file exists', async () => {
    const { activities, calls } = ofShards({
      awaitTask: async ({ taskArn }) =>
        taskArn.includes('commit') ? exited(taskArn, 0) : { taskArn, status: 'unknown', logTail: [] },
    });
    await rig.with(activities, async (start) => (await start()).result());
    expect(launches(calls)).toHaveLength(5);
  });

  test('delivers when the commit task is lost after its commit as often as the budget allows', async () => {
    const { activities, calls } = ofShards({
      awaitTask: async ({ taskArn }) => exited(taskArn, taskArn.includes('commit') ? 143 : 0),
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result).toMatchObject({ delivered: { byThisRun: true } });
    expect(ownLaunches(calls).map(([, kind]) => kind)).toEqual(['index', 'commit', 'commit', 'commit']);
  });

  test('bad data in the index ends the run before any shard starts', async () => {
    const { activities, calls } = ofShards({ awaitTask: async ({ taskArn }) => exited(taskArn, 65) });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('BadData');
    expect(launches(calls)).toHaveLength(1);
  });

  describe('a wider schema', () => {
    const widened = (times: number): Changes => {
      let commits = 0;
      return {
        awaitTask: async ({ taskArn }) => exited(taskArn, taskArn.includes('commit') && commits++ < times ? 79 : 0),
      };
    };

    test('is committed after the shards have converted again under it', async () => {
      const { activities, calls } = ofShards(widened(1));
      const result = await rig.with(activities, async (start) => (await start()).result());
      expect(ownLaunches(calls)).toEqual([
        [1, 'index'],
        [2, 'commit'],
        [3, 'commit'],
      ]);
      // The child workflow IDs are reused; their new runs count generations from 1.
      expect(shardLaunches(calls)).toEqual(['1: 1', '1: 1', '2: 1', '2: 1', '3: 1', '3: 1']);
      const [index] = launches(calls);
      const again = launches(calls).filter(({ mode }) => mode?.kind === 'shard' && mode.reconcileUri !== undefined);
      const reconcileUri = expect.stringMatching(new RegExp(`/work/${index?.run.runId}-2/${reconcileName}$`));
      expect(again.map(({ mode }) => mode)).toEqual(Array(3).fill(expect.objectContaining({ reconcileUri })));
      expect(result.launches).toContainEqual(
        expect.objectContaining({ purpose: 'commit', generation: 2, failureType: 'SchemaWidened' }),
      );
    });

    test('fails the run when the commit finds another schema a second time', async () => {
      const { activities, calls } = ofShards(widened(2));
      const failure = await rig.with(activities, async (start) => failureOf(await start()));
      expect(failure).toMatchObject({
        type: 'TaskFailed',
        message: expect.stringContaining('the commit still finds parts with another schema'),
      });
      expect(launches(calls)).toHaveLength(9);
    });
  });
});

// The test server stops skipping time once an activity is abandoned; tests that need skipped time are above.
withServer('early ends of a file that several tasks convert', () => {
  const cancelled = async (handle: WorkflowHandle) => {
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  };

  test('a non-retryable failure of a shard stops the other shards and fails the run with its reason', async () => {
    const { activities, calls } = ofShards({
      awaitTask: async ({ taskArn }) => {
        if (!taskArn.includes('shard-2')) return taskArn.includes('index') ? exited(taskArn, 0) : waitForCancel();
        await until(() => isRunning(calls, 'shard-1', 'shard-3'));
        return { ...exited(taskArn, 65), reported: 'line 7: 3 fields instead of 2' };
      },
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({
      type: 'BadData',
      message: 'shard 2/3: line 7: 3 fields instead of 2; exit code 65',
      details: [{ exitCode: 65, launches: [{ purpose: 'index' }, { shard: '2/3', failureType: 'BadData' }] }],
    });
    expect(stopped(calls)).toEqual(['shard-1-of-3:shard:1', 'shard-3-of-3:shard:1']);
    expect(names(calls).slice(-2)).toEqual(['notify', 'sendToDeadLetters']);
    expect(outcomeOf(calls)).toMatchObject({ outcome: { kind: 'failure', failureType: 'BadData' } });
  });

  test.each([
    ['index', ['index'], 1],
    ['shards', ['shard-1', 'shard-2', 'shard-3'], 3],
    ['commit', ['commit'], 1],
  ])('cancellation during %s stops every task before the run ends', async (_stage, running, tasks) => {
    const { activities, calls } = ofShards({
      confirmCommit: async () => ({ kind: 'missing' }),
      awaitTask: async ({ taskArn }) =>
        running.some((name) => taskArn.includes(name)) ? waitForCancel() : exited(taskArn, 0),
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => isRunning(calls, ...running));
      await handle.cancel();
      await cancelled(handle);
    });
    expect(stopped(calls)).toHaveLength(tasks);
    expect(names(calls).at(-1)).toBe('notify');
    expect(outcomeOf(calls)).toMatchObject({ outcome: { kind: 'cancelled' } });
  });

  // test/system/shards.test.ts covers termination: the test server does not notify the parent of a terminated child.
  test('cancelling the workflow of one shard fails the run and leaves no task running', async () => {
    const { activities, calls } = ofShards({
      awaitTask: async ({ taskArn }) => (taskArn.includes('shard') ? waitForCancel() : exited(taskArn, 0)),
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await until(() => isRunning(calls, 'shard-1', 'shard-2', 'shard-3'));
      await rig.env.client.workflow.getHandle(`${handle.workflowId}/shard-2-of-3`).cancel();
      expect(await failureOf(handle)).toMatchObject({
        type: 'TaskStopped',
        message: `shard 2/3: workflow ${handle.workflowId}/shard-2-of-3 was cancelled`,
      });
    });
    expect(stopped(calls)).toEqual([1, 2, 3].map((number) => `shard-${number}-of-3:shard:1`));
  });

  test('cancels a shard left by an earlier run and stops its task before the new shard starts', async () => {
    const { activities, calls } = ofShards({
      awaitTask: async ({ taskArn }) => (/shard/.test(taskArn) && !first.done ? waitForCancel() : exited(taskArn, 0)),
    });
    const first = { done: false };
    await rig.with(activities, async (start) => {
      const left = await start(undefined, 'left-behind');
      await until(() => isRunning(calls, 'shard-1', 'shard-2', 'shard-3'));
      first.done = true;
      await left.terminate('by hand');
      const again = await start(undefined, 'left-behind');
      expect(await again.result()).toMatchObject({ delivered: { kind: 'delivered' } });
    });
    expect(stopped(calls)).toEqual([1, 2, 3].map((number) => `shard-${number}-of-3:shard:1`));
  });

  test('the status query counts finished shards, and the query of a shard returns its own progress', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { activities } = ofShards({
      awaitTask: async ({ taskArn }) => {
        if (taskArn.includes('shard-3')) await finished;
        return exited(taskArn, 0);
      },
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      const status = () => handle.query<RunStatus>('status');
      await until(async () => (await status()).shards?.done === 2);
      expect(await status()).toMatchObject({ step: 'shards', shards: { done: 2, of: 3 } });
      const progress = { phase: 'converting', bytesRead: 5, bytesTotal: 10, rowsRead: 7, parts: 1, updatedAt: '' };
      const shard = rig.env.client.workflow.getHandle(`${handle.workflowId}/shard-3-of-3`);
      await shard.signal('taskProgress', { generation: 1, progress });
      expect(await shard.query('status')).toMatchObject({ step: 'transform', purpose: 'shard 3/3', progress });
      await until(async () => (await status()).progress?.rowsRead === 7);
      // Progress covers the whole file, whose size is in the plan: the two finished shards count as a third each.
      expect((await status()).progress).toMatchObject({ bytesRead: 671, bytesTotal: 1000, rowsRead: 7, parts: 1 });
      finish();
      await handle.result();
    });
  });
});
