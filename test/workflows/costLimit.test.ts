import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { withCostLimit } from '@etl/pipeline/routing/withCostLimit';
import { exited, failureOf, fakeActivities, names } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

const size = { cpu: 1024, memoryMiB: 2048 };
/** A minute of this size costs $0.000823. */
const planWith = (maxUsd: number) =>
  withCostLimit(samplePlan({ compute: { spot: false, size } }), { compression: 'none' }, maxUsd);
const afterMinutes = (taskArn: string, exitCode: number, minutes: number): TaskEnd => ({
  ...exited(taskArn, exitCode),
  size,
  startedAt: 0,
  stoppedAt: minutes * 60_000,
});

withServer('compute.maxCostUsd', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  test('a run whose first launch exceeds the limit launches nothing, alerts and writes a dead letter', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan: planWith(0.0005) }),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({ type: 'CostLimit', message: expect.stringContaining('has spent $0,') });
    expect(names(calls)).toEqual(['validateInput', 'notify', 'sendToDeadLetters']);
  });

  test('a run is not launched again once its launches have spent the limit', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan: planWith(0.004) }),
      awaitTask: async ({ taskArn }) => afterMinutes(taskArn, 74, 2),
      confirmCommit: async () => ({ kind: 'missing' }),
    });
    const [failure, memo] = await rig.with(activities, async (start) => {
      const handle = await start();
      return [await failureOf(handle), (await handle.describe()).memo];
    });
    expect(failure).toMatchObject({ type: 'CostLimit', message: expect.stringContaining('has spent $0.003292') });
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(2);
    expect(memo).toMatchObject({ etl: { outcome: 'CostLimit', costUsd: 0.003292 } });
  });

  test('a run that cannot pay for another launch is delivered if an earlier one has committed', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan: planWith(0.001) }),
      awaitTask: async ({ taskArn }) => afterMinutes(taskArn, 143, 2),
    });
    const result = await rig.with(activities, async (start) => (await start()).result());
    expect(result).toMatchObject({ delivered: { byThisRun: true } });
    expect(names(calls).filter((name) => name === 'launchTask')).toHaveLength(1);
  });

  test('ends a file of several tasks when a shard exceeds its share', async () => {
    const compute = { spot: false, size, shards: 3 };
    const plan = withCostLimit(samplePlan({ compute }), { compression: 'none' }, 0.006);
    const { activities } = fakeActivities({
      validateInput: async () => ({ valid: true, plan }),
      launchTask: async ({ run, generation, mode }) => ({
        kind: 'launched',
        taskArn: `arn:${run.workflowId}:${mode?.kind}:${generation}`,
        generation,
      }),
      awaitTask: async ({ taskArn }) => afterMinutes(taskArn, taskArn.includes(':shard:') ? 74 : 0, 1),
      confirmWork: async ({ uri }) => !uri.includes('shard'),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure).toMatchObject({
      type: 'CostLimit',
      message: expect.stringMatching(/^shard \d\/3: the shard has spent/),
    });
  });
});
