import { activityInfo, Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { LineageReport } from '../../activities/contract';
import { exited, failureOf, fakeActivities, names } from '../support/fakeActivities';
import { type Call, Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;
const plan = samplePlan({ lineage: true, owner: 'sales-data' });

function reports(calls: readonly Call[]): LineageReport[] {
  return calls.filter(({ name }) => name === 'reportLineage').map(({ input }) => input as LineageReport);
}

withServer('lineage of a run', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop());

  test('reports its start after validation and its completion at the end', async () => {
    const { activities, calls } = fakeActivities({ validateInput: async () => ({ valid: true, plan }) });
    await rig.with(activities, async (start) => (await start()).result());
    expect(names(calls)).toEqual([
      ...['validateInput', 'reportLineage', 'launchTask', 'awaitTask', 'confirmCommit', 'notify', 'reportLineage'],
    ]);
    expect(reports(calls)).toMatchObject([
      { type: 'START', run: { batch: plan.batch, sourceUri: plan.source.uri, owner: 'sales-data' } },
      { type: 'COMPLETE', run: { destination: plan.destination } },
    ]);
  });

  test('reports a failure with its type and reason', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan }),
      awaitTask: async ({ taskArn }) => exited(taskArn, 65),
    });
    const failure = await rig.with(activities, async (start) => failureOf(await start()));
    expect(failure.type).toBe('BadData');
    expect(reports(calls)).toMatchObject([
      { type: 'START' },
      { type: 'FAIL', failure: expect.stringMatching(/^BadData: /) },
    ]);
  });

  test('reports start and failure of a run with invalid input', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: false, reasons: ['no file'], batch: { dataset: 'ventas' }, lineage: true }),
    });
    await rig.with(activities, async (start) => failureOf(await start()));
    expect(reports(calls)).toMatchObject([
      { type: 'START', run: { batch: { dataset: 'ventas' } } },
      { type: 'FAIL', failure: 'InvalidInput: no file' },
    ]);
  });

  test('reports a cancelled run as aborted', async () => {
    let waits: (() => void) | undefined;
    const reached = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan }),
      confirmCommit: async () => ({ kind: 'missing' }),
      awaitTask: async () => {
        waits?.();
        const timer = setInterval(() => Context.current().heartbeat(), 200);
        try {
          return await Context.current().cancelled;
        } finally {
          clearInterval(timer);
        }
      },
    });
    await rig.with(activities, async (start) => {
      const handle = await start();
      await reached;
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    });
    expect(reports(calls).map(({ type }) => type)).toEqual(['START', 'ABORT']);
  });

  test('a report that fails changes nothing', async () => {
    const { activities, calls } = fakeActivities({
      validateInput: async () => ({ valid: true, plan }),
      reportLineage: async () => {
        throw new Error(`attempt ${activityInfo().attempt}`);
      },
    });
    expect(await rig.with(activities, async (start) => (await start()).result())).toMatchObject({
      delivered: { commit: 1 },
    });
    expect(reports(calls)).toHaveLength(2);
  });
});
