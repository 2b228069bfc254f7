import { ApplicationFailure } from '@temporalio/common';
import { failureOf } from '../../support/fakeActivities';
import { Rig } from '../../support/rig';
import { failing, names, results, withBatch, world } from './support';

const withServer = process.env.ETL_TEST_TIME_SKIPPING_SERVER ? describe : describe.skip;

withServer('nightlyBatch', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  }, 60_000);
  afterAll(() => rig.stop(), 60_000);

  test('delivers every file within the concurrency limit and sends one message', async () => {
    const of = world(rig, { '2026-02-08': names(12) });
    const summary = await withBatch(rig, of, (batch) => batch.result());
    expect(summary).toMatchObject({ files: 12, delivered: 12, failed: 0, rowsWritten: 12 * 9, problems: [] });
    expect(of.most()).toBe(3);
    expect(results(of)).toHaveLength(12);
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'delivered' } }]);
  });

  test('processes several days in order', async () => {
    const of = world(
      rig,
      { '2026-02-08': ['a.csv', 'b.csv'], '2026-02-09': [], '2026-02-10': ['a.csv'] },
      { maxConcurrent: 1 },
    );
    const summary = await withBatch(rig, of, (batch) => batch.result());
    expect(summary).toMatchObject({ dates: { from: '2026-02-08', to: '2026-02-10' }, files: 3, delivered: 3 });
    expect(
      of.calls.flatMap(({ name, input }) => (name === 'listFiles' ? [(input as { batchDate: string }).batchDate] : [])),
    ).toEqual(['2026-02-08', '2026-02-09', '2026-02-10']);
    expect(of.pages[0]?.results.map(({ workflowId }) => workflowId)).toEqual([
      `etl/${of.dataset}/2026-02-08/a`,
      `etl/${of.dataset}/2026-02-08/b`,
      `etl/${of.dataset}/2026-02-10/a`,
    ]);
  });

  test('failed and invalid files do not block the others, and the batch fails', async () => {
    const of = world(rig, { '2026-02-08': names(6) });
    of.conduct.set('f001.csv', failing('BadConfiguration'));
    of.conduct.set('f003.csv', async () => ({ valid: false, reasons: ['it is empty'], batch: {} }));
    const failure = await withBatch(rig, of, failureOf);
    expect(failure.type).toBe('BatchIncomplete');
    expect(failure.message).toMatch(/^2 of 6 files were not delivered \(1 failed, 1 invalid\)/);
    expect(results(of).sort()).toEqual([
      'f000.csv: delivered',
      'f001.csv: failed',
      'f002.csv: delivered',
      'f003.csv: invalid',
      'f004.csv: delivered',
      'f005.csv: delivered',
    ]);
    // The batch sends one message; each failed file is still a dead letter.
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'batch', ended: 'incomplete' } }]);
    expect(of.calls.filter(({ name }) => name === 'sendToDeadLetters')).toHaveLength(2);
  });

  test('completes with onFailure complete and reports the failed files', async () => {
    const of = world(rig, { '2026-02-08': names(2) }, { onFailure: 'complete' });
    of.conduct.set('f001.csv', failing('BadConfiguration'));
    const summary = await withBatch(rig, of, (batch) => batch.result());
    expect(summary).toMatchObject({ delivered: 1, failed: 1, problems: [{ failureType: 'BadConfiguration' }] });
    expect(of.messages()).toMatchObject([{ outcome: { ended: 'incomplete' } }]);
  });

  test('fails without files and reports the prefix that had none', async () => {
    const of = world(rig, { '2026-02-08': [] }, { minFiles: 1 });
    const failure = await withBatch(rig, of, failureOf);
    expect(failure.type).toBe('BatchIncomplete');
    expect(failure.message).toMatch(
      /^found 0 files below file:\/\/\/raw\/\{date\} for 2026-02-08, fewer than minFiles \(1\): check/,
    );
    const outcome = { ended: 'empty', failureType: 'BatchIncomplete', reason: failure.message };
    expect(of.messages()).toMatchObject([{ outcome }]);
  });

  test('fails after all deliveries when all days together have fewer files than expected', async () => {
    const days = { '2026-02-08': names(2), '2026-02-09': [], '2026-02-10': names(1) };
    const few = world(rig, days, { minFiles: 4, onFailure: 'complete' });
    const failure = await withBatch(rig, few, failureOf);
    expect(failure.message).toMatch(/^found 3 files below .* for 2026-02-08 to 2026-02-10, fewer than minFiles \(4\)/);
    expect(few.messages()).toMatchObject([{ outcome: { ended: 'tooFew', summary: { delivered: 3 } } }]);
    const enough = world(rig, days, { minFiles: 3 });
    expect(await withBatch(rig, enough, (batch) => batch.result())).toMatchObject({ delivered: 3 });
  });

  test('counts delivered files as found, ignores entries that are not files, and totals what it left out', async () => {
    const of = world(rig, { '2026-02-08': [] }, { minFiles: 2 });
    const file = (name: string, more: object) => ({
      uri: `file:///raw/${name}`,
      bytes: 1,
      batch: { dataset: of.dataset, batchDate: '2026-02-08', source: name },
      ...more,
    });
    of.activities.listFiles = async () => ({
      files: [
        file('a.csv', { skip: 'delivered', reason: 'as it is now', leftOut: { name: 2 } }),
        file('link/', { skip: 'notAFile', reason: 'a link to a folder', leftOut: { hidden: 1 } }),
      ],
      leftOut: { name: 1 },
    });
    const failure = await withBatch(rig, of, failureOf);
    expect(failure.message).toMatch(/^found 1 file below/);
    expect(of.messages()).toMatchObject([
      {
        outcome: {
          summary: {
            ...{ files: 2, skipped: 2, notFiles: 1, leftOut: { name: 3, hidden: 1 } },
            warnings: ['file:///raw/link/ was skipped: a link to a folder'],
          },
        },
      },
    ]);
    expect(results(of)).toEqual(['a.csv: skipped', 'link: skipped']);
  });

  test('the plan of an earlier version may find no files', async () => {
    const of = world(rig, { '2026-02-08': [] });
    const summary = await withBatch(rig, of, (batch) => batch.result());
    expect(summary).toMatchObject({ files: 0 });
    expect(of.pages).toEqual([]);
    expect(of.messages()).toMatchObject([{ outcome: { ended: 'empty' } }]);
  });

  test('skipped and refused files have a reason and no pipeline', async () => {
    const of = world(rig, { '2026-02-08': [] });
    const file = (name: string, more: object) => ({
      uri: `file:///raw/${name}`,
      bytes: 1,
      batch: { dataset: of.dataset, batchDate: '2026-02-08', source: name },
      ...more,
    });
    of.activities.listFiles = async () => ({
      files: [
        file('a.csv', {}),
        file('a.csv.gz', { refused: 'the same as a.csv' }),
        file('b.csv', { skip: 'delivered', reason: 'its current content was already delivered' }),
      ],
    });
    const failure = await withBatch(rig, of, failureOf);
    expect(failure.message).toMatch(/^1 of 3 files were not delivered \(1 invalid\)/);
    expect(of.began).toEqual(['a.csv']);
    expect(of.pages[0]?.results).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'invalid', reason: 'the same as a.csv' }),
        expect.objectContaining({ outcome: 'skipped', reason: 'its current content was already delivered' }),
      ]),
    );
  });

  test('skips a file whose pipeline was started by another caller', async () => {
    const of = world(rig, { '2026-02-08': ['a.csv'] });
    const id = `etl/${of.dataset}/2026-02-08/a`;
    await rig.with(of.activities, async (start) => {
      const detail = { s3Key: 'file:///raw/a.csv', batchDate: '2026-02-08' };
      let open = () => {};
      const gate = new Promise<undefined>((resolve) => {
        open = () => resolve(undefined);
      });
      of.conduct.set('a.csv', () => gate);
      const other = await start({ detail }, id);
      const summary = await withBatch(rig, of, (batch) => batch.result());
      expect(summary).toMatchObject({ skipped: 1, problems: [] });
      expect(of.pages[0]?.results[0]?.reason).toMatch(/is running, started by another caller/);
      open();
      await other.result();
    });
  });

  test('an invalid request fails with every reason and sends a message', async () => {
    const of = world(rig, {});
    of.activities.planBatch = async () => ({ valid: false, reasons: ['prefix: is missing', 'to: is before from'] });
    const [failure, metadata] = await withBatch(rig, of, async (batch) => [
      await failureOf(batch),
      await batch.query<{ currentDetails: string }>('__temporal_workflow_metadata'),
    ]);
    expect([failure.type, failure.message]).toEqual(['InvalidInput', 'prefix: is missing; to: is before from']);
    expect(metadata.currentDetails).toBe(
      '**InvalidInput** · no file was started\n\nNext: Correct the request, and start the batch again\n\n' +
        '- prefix: is missing\n- to: is before from',
    );
    expect(of.messages()).toMatchObject([{ outcome: { kind: 'invalid' } }]);
  });

  test('a failed listing ends the batch with that failure after the running files', async () => {
    const of = world(rig, { '2026-02-08': names(2), '2026-02-09': names(2) });
    const list = of.activities.listFiles;
    of.activities.listFiles = async (input) => {
      if (input.batchDate === '2026-02-08') return list(input);
      throw ApplicationFailure.nonRetryable('file:///raw: it may not be read', 'BadConfiguration');
    };
    const failure = await withBatch(rig, of, failureOf);
    expect([failure.type, failure.message]).toEqual(['BadConfiguration', 'file:///raw: it may not be read']);
    expect(results(of).sort()).toEqual(['f000.csv: delivered', 'f001.csv: delivered']);
    expect(of.messages()).toMatchObject([{ outcome: { ended: 'failed', failureType: 'BadConfiguration' } }]);
  });

  test('results that cannot be stored are reported and do not undo the deliveries', async () => {
    const of = world(rig, { '2026-02-08': names(1) });
    of.activities.recordResults = failing('BadConfiguration');
    const summary = await withBatch(rig, of, (batch) => batch.result());
    expect(summary).toMatchObject({
      delivered: 1,
      warnings: [expect.stringMatching(/^1 results \(page 1\) were not stored/)],
    });
  });

  test('counts and stores all problems when there are more than the message shows', async () => {
    const of = world(rig, { '2026-02-08': [] }, { onFailure: 'complete', maxConcurrent: 50 });
    const file = (index: number) => ({
      uri: `file:///raw/${index}.csv`,
      bytes: 1,
      batch: { dataset: of.dataset, batchDate: '2026-02-08', source: `${index}` },
      refused: 'the test wants it',
    });
    of.activities.listFiles = async () => ({ files: Array.from({ length: 250 }, (_, index) => file(index)) });
    const summary = (await withBatch(rig, of, (batch) => batch.result())) as { problems: unknown[] };
    expect(summary).toMatchObject({ files: 250, invalid: 250 });
    expect(summary.problems).toHaveLength(100);
    expect(of.pages.map((page) => page.results.length)).toEqual([200, 50]);
  });
});
