import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { ApplicationFailure } from '@temporalio/common';
import type { AwaitInput, LaunchInput, StopInput } from '../../activities/contract';
import { delivered, exited, failureOf, fakeActivities, names, until, waitForCancel } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const missing = async () => ({ kind: 'missing' }) as const;
const ended = (taskArn: string, end: Partial<TaskEnd>): TaskEnd => ({ taskArn, status: 'ended', logTail: [], ...end });

type Changes = Parameters<typeof fakeActivities>[0];

/** Tasks whose container ends with `end`; a wait for STOPPED sees the task STOPPED. */
const endingAs = (end: Partial<TaskEnd>, changes: Changes = {}) =>
  fakeActivities({
    awaitTask: async ({ taskArn, until: wanted }) =>
      wanted === 'ended' ? ended(taskArn, end) : { ...exited(taskArn, 0), ...end },
    ...changes,
  });

/** The target state of each wait, including the waits of stopTask. */
const waits = (calls: readonly Call[]) =>
  calls
    .filter(({ name }) => name === 'awaitTask' || name === 'stopTask')
    .map(({ name, input }) => `${name} ${(input as AwaitInput | StopInput).until}`);
const count = (calls: readonly Call[], name: string): number => names(calls).filter((each) => each === name).length;
const short = async () => ({
  valid: true as const,
  plan: samplePlan({ timings: { ...samplePlan().timings, timeoutSeconds: 1 } }),
});

withServer('tasks that are not STOPPED', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  describe('a task whose container has ended but that is not STOPPED', () => {
    const failing = async ({ activities }: ReturnType<typeof fakeActivities>) =>
      rig.with(activities, async (start) => failureOf(await start()));
    const result = async ({ activities }: ReturnType<typeof fakeActivities>) =>
      rig.with(activities, async (start) => (await start()).result());

    test.each<[string, Partial<TaskEnd>]>([
      ['exit code 0', { exitCode: 0, stopCode: 'EssentialContainerExited' }],
      ['exit code 0 and no stop code', { exitCode: 0 }],
      ['its own progress alone', {}],
    ])('delivers as soon as the commit is confirmed: %s', async (_what, end) => {
      const fakes = endingAs(end);
      expect(await result(fakes)).toMatchObject({ delivered: { commit: 1 }, launches: [{ taskArn: 'arn:task/1' }] });
      expect(waits(fakes.calls)).toEqual(['awaitTask ended']);
      expect(names(fakes.calls)).toEqual(['validateInput', 'launchTask', 'awaitTask', 'confirmCommit', 'notify']);
    });

    test.each<[string, Partial<TaskEnd>]>([
      ['a failure', { exitCode: 143 }],
      ['a Spot interruption', { exitCode: 0, stopCode: 'SpotInterruption' }],
    ])('delivers despite %s when this run has committed', async (_what, end) => {
      const fakes = endingAs(end);
      expect(await result(fakes)).toMatchObject({ delivered: { byThisRun: true } });
      expect(count(fakes.calls, 'launchTask')).toBe(1);
    });

    test.each<[string, Partial<TaskEnd>, string]>([
      ['exit code 74', { exitCode: 74 }, 'TaskFailed'],
      ['exit code 0 without a commit', { exitCode: 0, stopCode: 'EssentialContainerExited' }, 'CommitMissing'],
      ['its own progress, without a commit', {}, 'CommitMissing'],
    ])('%s: waits for STOPPED before each new launch', async (_what, end, type) => {
      const fakes = endingAs(end, { confirmCommit: missing });
      expect((await failing(fakes)).type).toBe(type);
      const order = names(fakes.calls).filter((name) => name === 'launchTask' || name === 'awaitTask');
      const launch = ['launchTask', 'awaitTask', 'awaitTask'];
      expect(order).toEqual([...launch, ...launch, ...launch]);
      expect(waits(fakes.calls)).toEqual(Array(3).fill(['awaitTask ended', 'awaitTask stopped']).flat());
    });

    test('ends the run at once on a non-retryable failure', async () => {
      const fakes = endingAs({ exitCode: 65, logTail: ['the last line'] }, { confirmCommit: missing });
      const failure = await failing(fakes);
      expect(failure.type).toBe('BadData');
      expect(failure.details).toMatchObject([{ exitCode: 65, logTail: ['the last line'] }]);
      expect(waits(fakes.calls)).toEqual(['awaitTask ended']);
    });

    test('launches nothing beside a task that is never STOPPED, and fails with Timeout and its exit code', async () => {
      const fakes = fakeActivities({
        validateInput: short,
        awaitTask: async (input) =>
          input.until === 'ended' ? ended(input.taskArn, { exitCode: 74 }) : waitForCancel(),
        stopTask: async ({ taskArn }) => ended(taskArn, { exitCode: 74 }),
        confirmCommit: missing,
      });
      const failure = await failing(fakes);
      expect(failure).toMatchObject({ type: 'Timeout', message: expect.stringContaining('exit code 74') });
      expect(count(fakes.calls, 'launchTask')).toBe(1);
      expect(waits(fakes.calls)).toEqual(['awaitTask ended', 'awaitTask stopped', 'stopTask ended']);
    });

    test('does not delay the launch that follows an approval', async () => {
      const plan = samplePlan({ options: { rejects: { level: 'hold' } } });
      const fakes = fakeActivities({
        validateInput: async () => ({ valid: true, plan }),
        awaitTask: async ({ taskArn, generation }) => ended(taskArn, { exitCode: generation === 1 ? 76 : 0 }),
      });
      await rig.with(fakes.activities, async (start) => {
        const handle = await start();
        await until(() => names(fakes.calls).includes('notify'));
        await handle.signal('approval', { approved: true });
        await handle.result();
      });
      const launches = fakes.calls.filter(({ name }) => name === 'launchTask').map(({ input }) => input as LaunchInput);
      expect(launches.map(({ over }) => over)).toEqual([undefined, ['arn:task/1']]);
      expect(waits(fakes.calls)).toEqual(['awaitTask ended', 'awaitTask ended']);
    });
  });

  describe('a task whose end is never observed', () => {
    const away = async (): Promise<never> => {
      throw ApplicationFailure.nonRetryable('ECS is away', 'ServiceUnavailable');
    };

    test.each<[string, Changes]>([
      ['a wait that fails permanently', { awaitTask: away }],
      [
        'a task that cannot be stopped after its timeout',
        { validateInput: short, awaitTask: waitForCancel, stopTask: away },
      ],
    ])('%s: delivers after the commit', async (_what, changes) => {
      const found = fakeActivities(changes);
      const result = await rig.with(found.activities, async (start) => (await start()).result());
      expect(result).toMatchObject({ delivered: { byThisRun: true } });
      const lost = fakeActivities({ ...changes, confirmCommit: async () => ({ ...delivered, byThisRun: false }) });
      const failure = await rig.with(lost.activities, async (start) => failureOf(await start()));
      expect(failure).toMatchObject({ type: 'ServiceUnavailable', message: 'ECS is away' });
      expect(count(lost.calls, 'launchTask')).toBe(1);
    });
  });
});

const withRealServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

// On a real server, where the runs can be concurrent: each waits for real timeouts.
withRealServer('tasks that convert a file together', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
  }, 60_000);
  afterAll(() => rig.stop());

  /** Three shards; each ARN contains the mode of its task. */
  const ofShards = (changes: Changes) =>
    fakeActivities({
      validateInput: async () => ({
        valid: true,
        plan: samplePlan({
          compute: { spot: false, shards: 3 },
          timings: { ...samplePlan().timings, timeoutSeconds: 5 },
        }),
      }),
      launchTask: async ({ run, generation, mode }) => ({
        kind: 'launched',
        taskArn: `arn:${run.workflowId}:${mode?.kind}:${generation}`,
        generation,
      }),
      ...changes,
    });

  test.concurrent.each<[string, Partial<TaskEnd>]>([
    ['exit code 0', { exitCode: 0 }],
    ['their own progress alone', {}],
  ])('deliver through their files and the commit although no task is STOPPED: %s', async (_what, end) => {
    const fakes = ofShards({ awaitTask: async ({ taskArn }) => ended(taskArn, end) });
    expect(await rig.with(fakes.activities, async (start) => (await start()).result())).toMatchObject({ delivered });
    expect(waits(fakes.calls)).toEqual(Array(5).fill('awaitTask ended'));
    const last = fakes.calls.filter(({ name }) => name === 'launchTask').at(-1)?.input as LaunchInput;
    expect(last).toMatchObject({ mode: { kind: 'commit' }, over: [expect.stringContaining(':index:1')] });
  });

  test.concurrent.each(['index', 'shard'])(
    'an %s task whose end is not observed in time counts as converted when its file exists',
    async (mode) => {
      const late = (taskArn: string): boolean => taskArn.includes(`:${mode}:`);
      const changes: Changes = {
        awaitTask: async ({ taskArn }) => (late(taskArn) ? waitForCancel() : exited(taskArn, 0)),
      };
      const found = ofShards(changes);
      const lost = ofShards({ ...changes, confirmWork: async ({ uri }) => !uri.endsWith(`${mode}.json`) });
      const [result, failure] = await Promise.all([
        rig.with(found.activities, async (start) => (await start()).result()),
        rig.with(lost.activities, async (start) => failureOf(await start())),
      ]);
      expect(result).toMatchObject({ delivered });
      expect(failure.type).toBe('Timeout');
    },
  );
});
