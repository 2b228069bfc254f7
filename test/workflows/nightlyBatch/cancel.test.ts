import { Context } from '@temporalio/activity';
import { CancelledFailure, type WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { Rig } from '../../support/rig';
import { gate, names, results, until, type World, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('nightlyBatch, cancelled', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
  }, 60_000);
  const over = gate();
  afterAll(() => {
    // The workers wait for activities that have not heard of their cancellation.
    over.open();
    return rig.stop();
  }, 60_000);

  const cancelWhen = async (of: World, holds: () => boolean | Promise<boolean>, more: object = {}) =>
    withBatch(
      rig,
      of,
      async (batch) => {
        await until('the moment to cancel', holds);
        await rig.env.client.workflow.getHandle(batch.workflowId).cancel();
        const error = await batch.result().catch((thrown: unknown) => thrown);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
        return memoOf(batch);
      },
      more,
    );
  const memoOf = async (batch: WorkflowHandle) => {
    const { memo } = await rig.env.client.workflow.getHandle(batch.workflowId).describe();
    return memo?.batch as Record<string, unknown>;
  };
  /** An activity that waits for its cancellation, and whether it was called. */
  const waiting = () => {
    const called = gate();
    let isCalled = false;
    void called.passed.then(() => {
      isCalled = true;
    });
    const activity = () => {
      called.open();
      return untilCancelled();
    };
    return { activity, isCalled: () => isCalled };
  };
  const untilCancelled = async (): Promise<never> => {
    const timer = setInterval(() => Context.current().heartbeat(), 100);
    try {
      return await Promise.race([
        Context.current().cancelled,
        over.passed.then(() => Promise.reject(new Error('over'))),
      ]);
    } finally {
      clearInterval(timer);
    }
  };

  test('while it is planned', async () => {
    const of = world(rig, {});
    const { activity, isCalled } = waiting();
    of.activities.planBatch = activity;
    expect(await cancelWhen(of, isCalled)).toMatchObject({ ended: 'cancelled' });
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'cancelled' } }]);
  });

  test('while it lists', async () => {
    const of = world(rig, {});
    const { activity, isCalled } = waiting();
    of.activities.listFiles = activity;
    expect(await cancelWhen(of, isCalled)).toMatchObject({ ended: 'cancelled', files: 0 });
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'cancelled' } }]);
  });

  test('while files run: they are cancelled and waited for, the rest is not started', async () => {
    const of = world(rig, { '2026-02-08': names(6) });
    for (const name of names(6)) of.conduct.set(name, untilCancelled);
    const memo = await cancelWhen(of, () => of.began.length === 3);
    expect(memo).toMatchObject({ ended: 'cancelled', files: 3, cancelled: 3 });
    expect(of.began).toHaveLength(3);
    expect(results(of).sort()).toEqual(['f000.csv: cancelled', 'f001.csv: cancelled', 'f002.csv: cancelled']);
    for (const name of ['f000', 'f001', 'f002']) {
      const { status } = await rig.env.client.workflow.getHandle(`etl/${of.dataset}/2026-02-08/${name}`).describe();
      expect(status.name).toBe('CANCELLED');
    }
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'cancelled' } }]);
  });

  test('while files run that an earlier run of it has started', async () => {
    const of = world(rig, { '2026-02-08': names(4) }, { maxConcurrent: 2 });
    for (const name of names(4)) of.conduct.set(name, untilCancelled);
    const memo = await cancelWhen(of, () => of.calls.some(({ name }) => name === 'awaitRuns'), { startsPerRun: 2 });
    expect(memo).toMatchObject({ ended: 'cancelled', files: 2, cancelled: 2 });
    expect(of.began).toHaveLength(2);
  });

  test('while it is paused', async () => {
    const of = world(rig, { '2026-02-08': names(2) }, { maxConcurrent: 1 });
    const first = gate();
    of.conduct.set('f000.csv', () => first.passed.then(() => undefined));
    const memo = await cancelWhen(of, async () => {
      if (of.began.length === 0) return false;
      await rig.env.client.workflow.getHandle(`batch-${of.dataset}`).executeUpdate('pause');
      first.open();
      await until('it has delivered one', async () => {
        const status = await rig.env.client.workflow
          .getHandle(`batch-${of.dataset}`)
          .query<{ running: number }>('status');
        return status.running === 0;
      });
      return true;
    });
    expect(memo).toMatchObject({ ended: 'cancelled', files: 1, delivered: 1 });
  });

  test('while it writes results: they are written all the same', async () => {
    const of = world(rig, { '2026-02-08': [] }, { onFailure: 'complete' });
    const batch = (index: number) => ({ dataset: of.dataset, batchDate: '2026-02-08', source: `${index}` });
    const refused = (index: number) => ({ uri: `file:///raw/${index}`, bytes: 1, batch: batch(index), refused: 'no' });
    of.activities.listFiles = async () => ({ files: Array.from({ length: 201 }, (_, index) => refused(index)) });
    const record = of.activities.recordResults;
    let tries = 0;
    of.activities.recordResults = async (page) => (tries++ === 0 ? untilCancelled() : record(page));
    expect(await cancelWhen(of, () => tries === 1)).toMatchObject({ ended: 'cancelled', files: 200 });
    expect(of.pages.map((page) => page.results.length)).toEqual([200]);
  });

  test('while it tells the end: too late', async () => {
    const of = world(rig, { '2026-02-08': ['a.csv'] });
    const told = gate();
    of.activities.notify = () => told.passed.then(() => ({ messageId: 'm' }));
    await withBatch(rig, of, async (batch) => {
      await until('it tells', () => of.calls.length > 0 && of.pages.length > 0);
      await batch.cancel();
      told.open();
      expect(await batch.result()).toMatchObject({ delivered: 1 });
    });
  });
});
