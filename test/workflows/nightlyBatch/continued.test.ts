import { ApplicationFailure } from '@temporalio/common';
import { failureOf } from '../../support/fakeActivities';
import { Rig } from '../../support/rig';
import { failing, gate, names, results, until, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

withServer('nightlyBatch that continues as new', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop(), 60_000);

  /** Returns the number of runs of the batch. */
  const runsOf = async (workflowId: string): Promise<number> => {
    const { client } = rig.env;
    const first = (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId;
    let runs = 1;
    for (let runId = first; runId; runs++) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      if (!runId) return runs;
    }
    return runs;
  };

  test('starts each file once and keeps to the concurrency limit over all its runs', async () => {
    const of = world(rig, { '2026-02-08': names(7), '2026-02-09': names(4) });
    const summary = await withBatch(rig, of, (batch) => batch.result(), { startsPerRun: 3 });
    expect(summary).toMatchObject({ files: 11, delivered: 11 });
    expect(of.began).toHaveLength(11);
    expect(of.most()).toBeLessThanOrEqual(3);
    expect(results(of)).toHaveLength(11);
    expect(of.messages()).toHaveLength(1);
  });

  test('the next run receives the results of files in flight: delivered, failed, invalid, terminated', async () => {
    const of = world(rig, { '2026-02-08': names(8) }, { maxConcurrent: 4 });
    const begun = gate();
    of.conduct.set('f000.csv', () => begun.passed.then(() => undefined));
    of.conduct.set('f001.csv', () => begun.passed.then(failing('BadConfiguration')));
    of.conduct.set('f002.csv', () => begun.passed.then(() => ({ valid: false, reasons: ['empty'], batch: {} })));
    of.conduct.set('f003.csv', () => begun.passed.then(() => undefined));
    await withBatch(
      rig,
      of,
      async (batch) => {
        await until('four run, and the batch has gone on', async () => {
          return (
            of.began.length === 4 &&
            (await batch.describe()).runId !== (batch as never as { firstExecutionRunId: string }).firstExecutionRunId
          );
        });
        await rig.env.client.workflow.getHandle(`etl/${of.dataset}/2026-02-08/f003`).terminate('by the test');
        begun.open();
        const failure = await failureOf(batch);
        expect(failure.message).toMatch(/^3 of 8 files were not delivered \(2 failed, 1 invalid\)/);
      },
      { startsPerRun: 4 },
    );
    expect(results(of).sort()).toEqual(
      ['delivered', 'failed', 'invalid', 'failed', 'delivered', 'delivered', 'delivered', 'delivered'].map(
        (outcome, index) => `f00${index}.csv: ${outcome}`,
      ),
    );
    const terminated = of.pages.flatMap((page) => page.results).find(({ uri }) => uri.endsWith('f003.csv'));
    expect(terminated).toMatchObject({ failureType: 'Terminated', reason: 'its run was terminated' });
  });

  test('hands over the pause, the concurrency and the held files', async () => {
    const of = world(rig, { '2026-02-08': names(6) }, { maxConcurrent: 2 });
    const begun = gate();
    of.conduct.set('f000.csv', () => begun.passed.then(() => undefined));
    of.conduct.set('f001.csv', () => begun.passed.then(() => undefined));
    await withBatch(
      rig,
      of,
      async (batch) => {
        await until('two run', () => of.began.length === 2);
        const workflowId = `etl/${of.dataset}/2026-02-08/f000`;
        await batch.executeUpdate('setConcurrency', { args: [{ maxConcurrent: 1 }] });
        await batch.signal('fileHeld', { workflowId, reason: 'few rows' });
        await batch.executeUpdate('pause');
        const handle = rig.env.client.workflow.getHandle(batch.workflowId);
        await until('the batch has gone on', async () => (await runsOf(batch.workflowId)) > 1);
        expect(await handle.query('status')).toMatchObject({
          paused: true,
          maxConcurrent: 1,
          running: 2,
          held: [{ workflowId, reason: 'few rows' }],
        });
        expect(await handle.executeUpdate('approve', { args: [{ approved: true }] })).toMatch(/^approved/);
        await handle.executeUpdate('resume');
        begun.open();
        expect(await batch.result()).toMatchObject({ delivered: 6 });
      },
      { startsPerRun: 2 },
    );
  });

  test('records every carried file as failed when the wait for them fails', async () => {
    const of = world(rig, { '2026-02-08': names(3) }, { maxConcurrent: 2 });
    const begun = gate();
    of.conduct.set('f000.csv', () => begun.passed.then(() => undefined));
    of.conduct.set('f001.csv', () => begun.passed.then(() => undefined));
    of.activities.awaitRuns = async () => {
      throw ApplicationFailure.nonRetryable('the end is unknown', 'ServiceUnavailable');
    };
    const failure = await withBatch(rig, of, failureOf, { startsPerRun: 2 });
    begun.open();
    expect(failure.message).toMatch(/^2 of 3 files were not delivered \(2 failed\)/);
    expect(results(of).sort()).toEqual(['f000.csv: failed', 'f001.csv: failed', 'f002.csv: delivered']);
    for (const name of ['f000', 'f001']) {
      await rig.env.client.workflow.getHandle(`etl/${of.dataset}/2026-02-08/${name}`).result();
    }
  });
});
