import { stem } from '@etl/lib/names';
import { baseName } from '@etl/lib/uri';
import type { BatchStatus } from '@etl/pipeline/batch/control';
import { parseEvent } from '@etl/pipeline/event';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { exited } from '../../support/fakeActivities';
import { Rig } from '../../support/rig';
import { samplePlan } from '../../support/samplePlan';
import { gate, until, type World, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

/**
 * A batch whose files a quality gate holds when the first task of each pipeline ends. `committed` resolves before a
 * file is published.
 */
function ofHeld(rig: Rig, files: readonly string[], committed = Promise.resolve()): World {
  const of = world(rig, { '2026-02-08': files }, { maxConcurrent: 1 });
  const options = { rejects: { maxShare: 0.1, level: 'hold' } } as const;
  of.activities.validateInput = async ({ event }) => {
    const parsed = parseEvent(event);
    if (!parsed.ok) throw new Error(parsed.reasons.join());
    const { s3Key: uri, batchDate } = parsed.detail;
    const batch = { dataset: of.dataset, batchDate, source: stem(baseName(uri)) };
    of.began.push(batch.source);
    const source = { uri, bytes: 1000, fingerprint: 'f1' };
    return { valid: true, plan: samplePlan({ batch, source, options, notifications: 'none' }) };
  };
  of.activities.launchTask = async ({ generation, mode }) => ({
    kind: 'launched',
    taskArn: `arn:${mode?.kind ?? 'convert'}:${generation}`,
    generation,
  });
  of.activities.awaitTask = async ({ taskArn }) => {
    if (!taskArn.includes('commit')) return { ...exited(taskArn, 76), reported: '12 % of the rows are rejected' };
    await committed;
    return exited(taskArn, 0);
  };
  return of;
}

withServer('a batch with held pipelines', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop(), 60_000);

  const held = async (batch: WorkflowHandle) =>
    (await batch.query<BatchStatus>('status')).held.map(({ workflowId }) => workflowId.split('/').at(-1)).sort();
  const pipeline = (of: World, source: string) =>
    rig.env.client.workflow.getHandle(`etl/${of.dataset}/2026-02-08/${source}`);

  test('receives each held file, starts the next one in its place, and forwards answers to the pipelines', async () => {
    const of = ofHeld(rig, ['a.csv', 'b.csv', 'c.csv']);
    await withBatch(rig, of, async (batch) => {
      await until('all are held', async () => (await held(batch)).length === 3);
      expect(of.began).toEqual(['a', 'b', 'c']);
      const status = await batch.query<BatchStatus>('status');
      expect(status.held[0]?.reason).toBe('12 % of the rows are rejected; exit code 76');
      await until('people were asked', () => of.messages().length > 0);
      expect(of.messages()).toEqual([
        {
          outcome: {
            kind: 'held',
            reason: 'file:///raw/2026-02-08/a.csv: 12 % of the rows are rejected; exit code 76',
            until: expect.stringMatching(/^\d{4}-.*Z$/),
          },
          subject: {
            workflowId: batch.workflowId,
            runId: expect.any(String),
            batchDate: '2026-02-08',
            dataset: of.dataset,
            source: 'a',
          },
        },
      ]);
      const refusal = { approved: false, by: 'ana', note: 'no', file: `etl/${of.dataset}/2026-02-08/b` };
      await batch.executeUpdate('approve', { args: [refusal] });
      await batch.executeUpdate('approve', { args: [{ approved: true, by: 'ana' }] });
      const { cause } = (await batch.result().catch((error: unknown) => error)) as { cause: Error };
      expect(cause.message).toMatch(/^1 of 3 files were not delivered \(1 failed\)/);
    });
    expect(of.messages().map(({ outcome }) => outcome.ended ?? outcome.kind)).toEqual(['held', 'incomplete']);
    expect(await pipeline(of, 'a').result()).toMatchObject({ approval: { approved: true, by: 'ana' } });
    expect(of.pages.flatMap(({ results }) => results).find(({ uri }) => uri.endsWith('b.csv'))).toMatchObject({
      outcome: 'failed',
      failureType: 'NotApproved',
      reason: 'rejected by ana (no): 12 % of the rows are rejected; exit code 76',
    });
  });

  test('counts a pipeline as running again when it is answered directly', async () => {
    const committed = gate();
    const of = ofHeld(rig, ['a.csv', 'b.csv'], committed.passed);
    await withBatch(rig, of, async (batch) => {
      await until('both are held', async () => (await held(batch)).length === 2);
      await pipeline(of, 'a').executeUpdate('approve', { args: [{ approved: true, by: 'ana' }] });
      await until('one is held', async () => (await held(batch)).length === 1);
      expect(await held(batch)).toEqual(['b']);
      expect(await batch.query<BatchStatus>('status')).toMatchObject({ running: 2 });
      await batch.executeUpdate('approve', { args: [{ approved: true }] });
      committed.open();
      expect(await batch.result()).toMatchObject({ delivered: 2 });
    });
  });

  test('rejects an answer that its pipelines would reject; they keep waiting and stay held', async () => {
    const of = ofHeld(rig, ['a.csv']);
    await withBatch(rig, of, async (batch) => {
      await until('it is held', async () => (await held(batch)).length === 1);
      const wrong = [
        [{ approved: true, by: 7 }, 'by: must be a string of at most 500 characters'],
        [{ approved: true, note: 'x'.repeat(501) }, 'note: must be a string of at most 500 characters'],
        [{ approved: true, who: 'ana' }, 'who: unknown key; use approved, by and note'],
        [{}, 'approved: must be true or false'],
      ] as const;
      for (const [answer, reason] of wrong) {
        const error = await batch.executeUpdate('approve', { args: [answer] }).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        expect(((error as WorkflowUpdateFailedError).cause as Error).message).toBe(reason);
      }
      expect(await held(batch)).toEqual(['a']);
      expect((await pipeline(of, 'a').query<RunStatus>('status')).step).toBe('held');
      await batch.executeUpdate('approve', { args: [{ approved: true }] });
      expect(await batch.result()).toMatchObject({ delivered: 1 });
    });
  });
});
