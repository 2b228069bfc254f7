import type { BatchStatus } from '@etl/pipeline/batch/control';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { failureOf } from '../../support/fakeActivities';
import { Rig } from '../../support/rig';
import { failing, gate, names, results, until, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

withServer('control of a running nightlyBatch', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop(), 60_000);

  const refused = async (update: Promise<unknown>): Promise<string> => {
    const error = await update.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
    return ((error as WorkflowUpdateFailedError).cause as Error).message;
  };

  test('pause lets running files end, starts no others and keeps the batch open until resume', async () => {
    const of = world(rig, { '2026-02-08': names(5) }, { maxConcurrent: 2 });
    const first = gate();
    for (const name of names(2)) of.conduct.set(name, () => first.passed.then(() => undefined));
    await withBatch(rig, of, async (batch) => {
      await until('two run', () => of.began.length === 2);
      expect(await refused(batch.executeUpdate('resume'))).toBe('the batch is not paused');
      expect(await batch.executeUpdate('pause')).toMatch(/^paused/);
      expect(await refused(batch.executeUpdate('pause'))).toBe('the batch is already paused');
      first.open();
      const status = () => batch.query<BatchStatus>('status');
      await until('two are delivered', async () => (await status()).counts.delivered === 2);
      expect(await status()).toMatchObject({ paused: true, running: 0, phase: 'files' });
      expect(of.began).toHaveLength(2);
      await batch.executeUpdate('resume');
      expect(await batch.result()).toMatchObject({ delivered: 5 });
    });
  });

  test('setConcurrency starts more files at once, or fewer as running files end', async () => {
    const of = world(rig, { '2026-02-08': names(9) }, { maxConcurrent: 1 });
    const gates = new Map(names(9).map((name) => [name, gate()]));
    for (const [name, each] of gates) of.conduct.set(name, () => each.passed.then(() => undefined));
    await withBatch(rig, of, async (batch) => {
      await until('one runs', () => of.began.length === 1);
      for (const maxConcurrent of [0, 501, 1.5, '3', undefined]) {
        expect(await refused(batch.executeUpdate('setConcurrency', { args: [{ maxConcurrent }] }))).toBe(
          'maxConcurrent must be a whole number from 1 to 500',
        );
      }
      await batch.executeUpdate('setConcurrency', { args: [{ maxConcurrent: 4 }] });
      await until('four run', () => of.began.length === 4);
      await batch.executeUpdate('setConcurrency', { args: [{ maxConcurrent: 2 }] });
      for (const name of of.began.slice(0, 2)) gates.get(name)?.open();
      await until('two are left', async () => (await batch.query<BatchStatus>('status')).running === 2);
      expect(of.began).toHaveLength(4);
      for (const each of gates.values()) each.open();
      expect(await batch.result()).toMatchObject({ delivered: 9 });
    });
    expect(of.most()).toBe(4);
  });

  test('retryFile starts a failed file again and counts it once', async () => {
    const of = world(rig, { '2026-02-08': names(4) }, { maxConcurrent: 1 });
    of.conduct.set('f000.csv', async (attempt) => (attempt === 1 ? failing('BadConfiguration')() : undefined));
    const last = gate();
    of.conduct.set('f001.csv', () => last.passed.then(() => undefined));
    await withBatch(rig, of, async (batch) => {
      await until('one has failed', async () => (await batch.query<BatchStatus>('status')).counts.failed === 1);
      expect(await refused(batch.executeUpdate('retryFile', { args: [{ file: 'f001.csv' }] }))).toMatch(
        /^file: "f001.csv" is not one of the 1 files whose run has failed/,
      );
      const file = 'file:///raw/2026-02-08/f000.csv';
      expect(await batch.executeUpdate('retryFile', { args: [{ file }] })).toBe(`${file} is restarted`);
      expect(await refused(batch.executeUpdate('retryFile', { args: [{ file }] }))).toMatch(/not one of the 0 files/);
      last.open();
      expect(await batch.result()).toMatchObject({ files: 4, delivered: 4, failed: 0, problems: [] });
    });
    expect(of.began).toEqual(['f000.csv', 'f001.csv', 'f000.csv', 'f002.csv', 'f003.csv']);
    expect(results(of)).toHaveLength(5);
  });

  test('a paused batch stays open, so that the last failed file can be retried', async () => {
    const of = world(rig, { '2026-02-08': ['a.csv'] });
    const begun = gate();
    of.conduct.set('a.csv', async (attempt) => {
      if (attempt > 1) return undefined;
      await begun.passed;
      return failing('BadConfiguration')();
    });
    await withBatch(rig, of, async (batch) => {
      await until('it runs', () => of.began.length === 1);
      await batch.executeUpdate('pause');
      begun.open();
      await until('it has failed', async () => (await batch.query<BatchStatus>('status')).counts.failed === 1);
      await batch.executeUpdate('retryFile', { args: [{ file: `etl/${of.dataset}/2026-02-08/a` }] });
      await batch.executeUpdate('resume');
      expect(await batch.result()).toMatchObject({ delivered: 1, failed: 0 });
    });
  });

  test('held files do not count toward the concurrency limit, and an approval reaches their pipelines', async () => {
    const of = world(rig, { '2026-02-08': names(3) }, { maxConcurrent: 1 });
    const held = gate();
    of.conduct.set('f000.csv', () => held.passed.then(() => undefined));
    await withBatch(rig, of, async (batch) => {
      await until('one runs', () => of.began.length === 1);
      expect(await refused(batch.executeUpdate('approve', { args: [{ approved: true }] }))).toBe('no file is held');
      const workflowId = `etl/${of.dataset}/2026-02-08/f000`;
      await batch.signal('fileHeld', { workflowId, reason: 'rowCount: 0 rows' });
      await until('the others are delivered', async () => {
        return (await batch.query<BatchStatus>('status')).counts.delivered === 2;
      });
      expect(await batch.query('status')).toMatchObject({ held: [{ workflowId, reason: 'rowCount: 0 rows' }] });
      expect(await refused(batch.executeUpdate('approve', { args: [{ approved: 'yes' }] }))).toBe(
        'approved: must be true or false',
      );
      expect(
        await refused(batch.executeUpdate('approve', { args: [{ approved: true, note: 'x'.repeat(501) }] })),
      ).toMatch(/^note: must be a string of at most 500/);
      expect(await refused(batch.executeUpdate('approve', { args: [{ approved: true, file: 'x' }] }))).toMatch(
        /^file: "x" is not one of the 1 held files/,
      );
      const args: [object] = [{ approved: true, file: workflowId, by: 'ana', note: 'holiday' }];
      expect(await batch.executeUpdate('approve', { args })).toMatch(/^approved: file:/);
      const { events = [] } = await rig.env.client.workflow.getHandle(workflowId).fetchHistory();
      const signals = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []) ?? [];
      expect(signals.map(({ signalName }) => signalName)).toEqual(['approval']);
      const payload = signals[0]?.input?.payloads?.[0]?.data;
      expect(JSON.parse(Buffer.from(payload ?? []).toString())).toEqual({ approved: true, by: 'ana', note: 'holiday' });
      expect(await refused(batch.executeUpdate('approve', { args: [{ approved: true }] }))).toBe('no file is held');
      held.open();
      expect(await batch.result()).toMatchObject({ delivered: 3 });
    });
  });

  test('updates are rejected before the batch is planned and after it has ended', async () => {
    const of = world(rig, { '2026-02-08': ['a.csv'] });
    const planned = gate();
    of.activities.planBatch = () => planned.passed.then(() => ({ valid: false as const, reasons: ['no'] }));
    await withBatch(rig, of, async (batch) => {
      expect(await refused(batch.executeUpdate('pause'))).toMatch(/^the batch is still being planned or has ended/);
      expect(await batch.query('status')).toMatchObject({ phase: 'plan' });
      planned.open();
      expect((await failureOf(batch)).type).toBe('InvalidInput');
    });
  });
});
