import type { Plan } from '@etl/pipeline/plan';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { LightEnd } from '../../activities/ports';
import type { PipelineResult } from '../../workflows/etlPipeline';
import { delivered, exited, failureOf, fakeActivities, names } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const routing = {
  reasons: ['84 MB is below the light limit of 100 MB: light lane, a function'],
  estimate: { tasks: 0, seconds: 8, costUsd: 0.0002 },
};
const size = { cpu: 512, memoryMiB: 1024 };
const lightPlan = (changes: Partial<Plan> = {}): Plan =>
  samplePlan({ compute: { lane: 'light', size, spot: true }, routing, ...changes });

const killed = (killedFor: NonNullable<LightEnd['killedFor']>): LightEnd => ({
  killedFor,
  reason: `killed for ${killedFor}`,
  seconds: 2,
  logTail: ['last line'],
});

describe('the light lane', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.stop());

  /** Answers of the converter, in order; one call more than there are answers is an error in the test. */
  const light = (ends: readonly (LightEnd | Error)[], plan = lightPlan()) => {
    let call = 0;
    let isCommitted = false;
    return fakeActivities({
      validateInput: async () => ({ valid: true, plan }),
      convertLight: async () => {
        const end = ends[call++];
        if (end === undefined) throw ApplicationFailure.nonRetryable('one call too many', 'BadConfiguration');
        if (end instanceof Error) throw end;
        isCommitted = end.exitCode === 0;
        return end;
      },
      awaitTask: async ({ taskArn }) => {
        isCommitted = true;
        return exited(taskArn, 0);
      },
      confirmCommit: async () => (isCommitted ? delivered : { kind: 'missing' }),
    });
  };
  const resultOf = ({ activities }: ReturnType<typeof fakeActivities>) =>
    rig.with(activities, async (start) => (await (await start()).result()) as PipelineResult);

  test('converts in one call and confirms the commit; the result and the memo explain the lane', async () => {
    const fakes = light([{ exitCode: 0, seconds: 3, memoryMiB: 1769, logTail: [] }]);
    await rig.with(fakes.activities, async (start) => {
      const handle = await start();
      const result: PipelineResult = await handle.result();
      expect(result).toMatchObject({ delivered, routing });
      expect(result.launches).toEqual([
        {
          generation: 1,
          lane: 'light',
          spot: false,
          seconds: 3,
          exitCode: 0,
          memoryMiB: 1769,
          costUsd: expect.any(Number),
        },
      ]);
      const { memo } = await handle.describe();
      expect(memo?.etl).toMatchObject({ outcome: 'delivered', routing, launches: [{ lane: 'light' }] });
      const status = await handle.query<RunStatus>('status');
      expect(status.routing).toEqual(routing);
    });
    expect(names(fakes.calls)).toEqual(['validateInput', 'convertLight', 'confirmCommit', 'notify']);
  });

  test.each<[NonNullable<LightEnd['killedFor']>, string]>([
    ['memory', 'OutOfMemory'],
    ['timeout', 'Timeout'],
    ['unknown', 'TaskKilled'],
  ])(
    'continues at once as a task, with the size and Spot setting of the policy, when the call is killed for %s',
    async (why, type) => {
      const fakes = light([killed(why)]);
      const { launches } = await resultOf(fakes);
      expect(launches).toMatchObject([
        { generation: 1, lane: 'light', failureType: type, reason: expect.stringContaining(`killed for ${why}`) },
        { generation: 2, lane: 'fargate', spot: true },
      ]);
      const launched = fakes.calls.find(({ name }) => name === 'launchTask');
      expect(launched?.input).toMatchObject({ generation: 2, spot: true, size });
      const [first, second] = ['convertLight', 'launchTask'].map((name) =>
        fakes.calls.find((call) => call.name === name),
      );
      expect((second?.atSeconds ?? 0) - (first?.atSeconds ?? 0)).toBeLessThan(30);
    },
  );

  test('does not repeat a call whose outcome is unknown, since its worker may still be writing', async () => {
    const fakes = light([new Error('the connection was lost')]);
    const { launches } = await resultOf(fakes);
    expect(launches).toMatchObject([
      { lane: 'light', failureType: 'TaskKilled', reason: expect.stringContaining('the connection was lost') },
      { lane: 'fargate' },
    ]);
    expect(names(fakes.calls).filter((name) => name === 'convertLight')).toHaveLength(1);
  });

  test.each<[string, LightEnd | Error]>([
    ['a response that never arrived', new Error('the connection was lost')],
    ['a call that timed out', killed('timeout')],
    ['a function that was killed', killed('unknown')],
  ])('%s: delivers after the commit and launches nothing else', async (_what, end) => {
    const fakes = light([end]);
    const activities = { ...fakes.activities, confirmCommit: async () => delivered };
    const result: PipelineResult = await rig.with(activities, async (start) => (await start()).result());
    expect(result).toMatchObject({ delivered: { byThisRun: true }, launches: [{ lane: 'light' }] });
    expect(result.launches).toHaveLength(1);
    expect(names(fakes.calls)).not.toContain('launchTask');
  });

  test('retries an exit code of the container in the same lane and within the same budget', async () => {
    const failed = (exitCode: number): LightEnd => ({ exitCode, reason: 'a reason', seconds: 1, logTail: [] });
    const fakes = light([failed(69), failed(75), { exitCode: 0, seconds: 1, logTail: [] }]);
    const { launches } = await resultOf(fakes);
    expect(launches.map(({ lane, failureType }) => [lane, failureType])).toEqual([
      ['light', 'TaskFailed'],
      ['light', 'TaskFailed'],
      ['light', undefined],
    ]);
    const [first = 0, second = 0, third = 0] = fakes.calls
      .filter(({ name }) => name === 'convertLight')
      .map(({ atSeconds }) => atSeconds);
    expect(second - first).toBeGreaterThanOrEqual(60);
    expect(third - second).toBeGreaterThanOrEqual(120);
    const used = light([failed(69), failed(69), failed(69)]).activities;
    const missing = { ...used, confirmCommit: async () => ({ kind: 'missing' }) as const };
    const failure = await rig.with(missing, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'TaskFailed', message: expect.stringContaining('budget') });
  });

  test('ends the run on bad data, with the reason and the log', async () => {
    const bad: LightEnd = { exitCode: 65, reason: 'in.csv: too many rejects', seconds: 1, logTail: ['the last line'] };
    const fakes = light([bad]);
    const failure = await rig.with(fakes.activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'BadData', message: 'in.csv: too many rejects; exit code 65' });
    expect(failure.details?.[0]).toMatchObject({ exitCode: 65, logTail: ['the last line'] });
    expect(names(fakes.calls)).not.toContain('launchTask');
  });

  test('waits in its lane for a busy converter, as for missing capacity', async () => {
    const busy = ApplicationFailure.nonRetryable('TooManyRequestsException', 'Throttled');
    const fakes = light([busy, { exitCode: 0, seconds: 1, logTail: [] }]);
    const { launches } = await resultOf(fakes);
    expect(launches).toMatchObject([{ lane: 'light', failureType: 'Throttled' }, { lane: 'light' }]);
  });

  test('fails without launching a task when the timeout of the run has passed', async () => {
    const plan = lightPlan({ timings: { timeoutSeconds: 60, startTimeoutSeconds: 900, heartbeatSeconds: 30 } });
    const fakes = light([killed('timeout')], plan);
    const failure = await rig.with(fakes.activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('Timeout');
    expect(names(fakes.calls)).not.toContain('launchTask');
  });

  test('exit code 0 without a commit fails the run', async () => {
    let asked = 0;
    const fakes = fakeActivities({
      validateInput: async () => ({ valid: true, plan: lightPlan() }),
      confirmCommit: async () => (asked++ === 0 ? { kind: 'missing' } : delivered),
    });
    const { launches } = await resultOf(fakes);
    expect(launches).toMatchObject([{ lane: 'light', failureType: 'CommitMissing' }, { lane: 'light' }]);
  });

  test('a cancelled run ends when the conversion has ended', async () => {
    let converting: () => void = () => undefined;
    const isConverting = new Promise<void>((resolve) => {
      converting = resolve;
    });
    let ended = false;
    const fakes = fakeActivities({
      validateInput: async () => ({ valid: true, plan: lightPlan() }),
      confirmCommit: async () => ({ kind: 'missing' }),
      convertLight: async () => {
        converting();
        const beat = setInterval(() => Context.current().heartbeat(), 100);
        try {
          return await Context.current().cancelled;
        } finally {
          clearInterval(beat);
          await new Promise((resolve) => setTimeout(resolve, 300));
          ended = true;
        }
      },
    });
    await rig.with(fakes.activities, async (start) => {
      const handle = await start();
      await isConverting;
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      expect(ended).toBe(true);
    });
    expect(names(fakes.calls)).toEqual(['validateInput', 'convertLight', 'confirmCommit', 'notify']);
  });
});
