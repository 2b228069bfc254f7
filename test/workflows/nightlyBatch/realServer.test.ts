import type { BatchStatus } from '@etl/pipeline/batch/control';
import { Context } from '@temporalio/activity';
import { CancelledFailure, type WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import Long from 'long';
import { failureOf } from '../../support/fakeActivities';
import { Rig } from '../../support/rig';
import { failing, gate, names, results, until, type World, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('nightlyBatch on a server with real time', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
  }, 60_000);
  const over = gate();
  afterAll(() => {
    // The workers would otherwise wait for activities that have not received their cancellation.
    over.open();
    return rig.stop();
  }, 60_000);

  test('takes its day from the time of the schedule, however late it starts', async () => {
    const of = world(rig, { '2026-02-08': ['a.csv'] });
    const days: string[] = [];
    const { planBatch } = of.activities;
    of.activities.planBatch = (input) => {
      days.push(input.scheduledAt);
      return planBatch(input);
    };
    rig.adopt(`scheduled-${of.dataset}`, of.activities);
    rig.adopt(`etl/${of.dataset}/`, of.activities);
    const { client } = rig.env;
    const schedule = await client.schedule.create({
      scheduleId: `nightly-${of.dataset}`,
      spec: { calendars: [{ hour: 3 }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'nightlyBatch',
        taskQueue: 'etl',
        workflowId: `scheduled-${of.dataset}`,
        args: [{ prefix: 'file:///raw/{date}' }],
      },
    });
    const [start, end] = [new Date('2026-02-08T02:00:00Z'), new Date('2026-02-08T04:00:00Z')];
    await schedule.backfill({ start, end, overlap: 'ALLOW_ALL' });
    await until('it has been planned', () => days.length > 0);
    const id = `scheduled-${of.dataset}-2026-02-08T03:00:00Z`;
    expect(await rig.watch(client.workflow.getHandle(id)).result()).toMatchObject({ delivered: 1 });
    expect(days).toEqual(['2026-02-08T03:00:00.000Z']);
    await schedule.delete();
  });

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

  test('is cancelled while it is planned', async () => {
    const of = world(rig, {});
    const { activity, isCalled } = waiting();
    of.activities.planBatch = activity;
    expect(await cancelWhen(of, isCalled)).toMatchObject({ ended: 'cancelled' });
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'cancelled' } }]);
  });

  test('is cancelled while it lists files', async () => {
    const of = world(rig, {});
    const { activity, isCalled } = waiting();
    of.activities.listFiles = activity;
    expect(await cancelWhen(of, isCalled)).toMatchObject({ ended: 'cancelled', files: 0 });
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'cancelled' } }]);
  });

  test('cancels and awaits the running files when it is cancelled, and starts no others', async () => {
    const of = world(rig, { '2026-02-08': names(6) });
    for (const name of names(6)) of.conduct.set(name, untilCancelled);
    const memo = await cancelWhen(of, () => of.began.length === 3);
    expect(memo).toMatchObject({ ended: 'cancelled', files: 3, cancelled: 3 });
    expect(of.began).toHaveLength(3);
    expect(results(of).sort()).toEqual(['f000.csv: cancelled', 'f001.csv: cancelled', 'f002.csv: cancelled']);
    for (const name of ['f000', 'f001', 'f002']) {
      const { status, raw } = await rig.env.client.workflow
        .getHandle(`etl/${of.dataset}/2026-02-08/${name}`)
        .describe();
      expect(status.name).toBe('CANCELLED');
      expect(raw.workflowExecutionInfo?.priority).toMatchObject({ priorityKey: 3, fairnessKey: of.dataset });
    }
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'cancelled' } }]);
  });

  test('cancels files that an earlier run started', async () => {
    const of = world(rig, { '2026-02-08': names(4) }, { maxConcurrent: 2 });
    for (const name of names(4)) of.conduct.set(name, untilCancelled);
    const memo = await cancelWhen(of, () => of.calls.some(({ name }) => name === 'awaitRuns'), { startsPerRun: 2 });
    expect(memo).toMatchObject({ ended: 'cancelled', files: 2, cancelled: 2 });
    expect(of.began).toHaveLength(2);
  });

  test('is cancelled while it is paused', async () => {
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

  test('still writes results that it is writing when it is cancelled', async () => {
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

  test('is delivered when it is cancelled after its last file has committed', async () => {
    const of = world(rig, { '2026-02-08': names(2) });
    const committing = waiting();
    const confirm = of.activities.confirmCommit;
    let looks = 0;
    // The second confirmation receives the cancellation; its commit exists all the same.
    of.activities.confirmCommit = (query) => (++looks === 2 ? committing.activity() : confirm(query));
    await withBatch(rig, of, async (batch) => {
      await until('one is delivered, one has committed', () => committing.isCalled() && results.length > 0);
      await batch.cancel();
      expect(await batch.result()).toMatchObject({ files: 2, delivered: 2, cancelled: 0 });
      expect(await memoOf(batch)).toMatchObject({ ended: 'delivered' });
    });
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'delivered' } }]);
  });

  test.each([
    ['this run of the batch', 10],
    ['an earlier run of the batch', 2],
  ])('follows a reset pipeline to the end of its newest run: started by %s', async (_, startsPerRun) => {
    const of = world(rig, { '2026-02-08': names(3) }, { maxConcurrent: 2 });
    const first = gate();
    of.conduct.set('f000.csv', (attempt) => (attempt === 1 ? untilCancelled() : first.passed.then(() => undefined)));
    await withBatch(
      rig,
      of,
      async ({ workflowId }) => {
        const { client } = rig.env;
        const batch = client.workflow.getHandle(workflowId);
        await until('it waits for the first file alone', async () => {
          const { running, counts } = await batch.query<BatchStatus>('status');
          return running === 1 && counts.delivered === 2;
        });
        const workflowExecution = { workflowId: `etl/${of.dataset}/2026-02-08/f000`, runId: '' };
        const { runId } = await client.workflow.getHandle(workflowExecution.workflowId).describe();
        await client.workflowService.resetWorkflowExecution({
          namespace: 'default',
          workflowExecution: { ...workflowExecution, runId },
          workflowTaskFinishEventId: Long.fromNumber(4),
          requestId: `reset-${of.dataset}`,
        });
        await until('it begins again', () => of.began.filter((name) => name === 'f000.csv').length === 2);
        first.open();
        expect(await batch.result()).toMatchObject({ files: 3, delivered: 3 });
      },
      { startsPerRun },
    );
  });

  test('cancels the newest run of a reset pipeline when it is cancelled', async () => {
    const of = world(rig, { '2026-02-08': names(1) });
    of.conduct.set('f000.csv', untilCancelled);
    await withBatch(rig, of, async ({ workflowId }) => {
      const { client } = rig.env;
      const pipeline = client.workflow.getHandle(`etl/${of.dataset}/2026-02-08/f000`);
      await until('it runs', () => of.began.length === 1);
      const { runId } = await pipeline.describe();
      await client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: pipeline.workflowId, runId },
        workflowTaskFinishEventId: Long.fromNumber(4),
        requestId: `reset-${of.dataset}`,
      });
      await until('it begins again', () => of.began.length === 2);
      const batch = client.workflow.getHandle(workflowId);
      await batch.cancel();
      const error = await batch.result().catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      expect((await pipeline.describe()).status.name).toBe('CANCELLED');
    });
  });

  test('starts large events in parts, since a workflow task holds at most 4 MB', async () => {
    const columns = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`c${n}`, 'text']));
    const of = world(rig, { '2026-02-08': names(30) }, { maxConcurrent: 30, columns });
    const workflowId = `large-${of.dataset}`;
    for (const prefix of [workflowId, `etl/${of.dataset}/`]) rig.adopt(prefix, of.activities);
    // Not replayed at the end: a client does not accept a page of this history.
    const started = { workflowId, taskQueue: 'etl', args: [{ prefix: 'file:///raw/{date}' }] };
    const batch = await rig.env.client.workflow.start('nightlyBatch', started);
    expect(await batch.result()).toMatchObject({ delivered: 30 });
  });

  test('a batch with names of maximum length hands over a state that fits in a payload', async () => {
    const long = names(80).map((name) => `${'\u0001'.repeat(1200)}${name}`);
    const of = world(rig, { '2026-02-08': long }, { maxConcurrent: 80 });
    for (const name of long) of.conduct.set(name, failing('BadData'));
    const failure = await withBatch(rig, of, failureOf, { startsPerRun: 30 });
    expect(failure.message).toMatch(/^80 of 80 files were not delivered/);
    expect(results(of)).toHaveLength(80);
  });

  test('a cancellation while it sends the final message has no effect', async () => {
    const of = world(rig, { '2026-02-08': ['a.csv'] });
    const notified = gate();
    of.activities.notify = () => notified.passed.then(() => ({ messageId: 'm' }));
    await withBatch(rig, of, async (batch) => {
      await until('it tells', () => of.calls.length > 0 && of.pages.length > 0);
      await batch.cancel();
      notified.open();
      expect(await batch.result()).toMatchObject({ delivered: 1 });
    });
  });
});
