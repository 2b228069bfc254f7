import { batchEndTexts } from '@etl/pipeline/batch/endOfBatch';
import { type EndOfRun, endLine, endTexts } from '@etl/pipeline/endOfRun';
import { failureTypes } from '@etl/pipeline/failures/table';

const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte' };
const run: EndOfRun = { workflowId: 'etl/ventas/2026-02-08/norte', batch, launches: 1 };

describe('the end of a run', () => {
  test('begins with what was delivered, and the cost', () => {
    expect(endTexts({ ...run, rowsWritten: 30, costUsd: 0.00123 })).toEqual({
      headline: 'Delivered 30 rows',
      cost: '$0.0012, estimated',
      next: { text: 'nothing to do' },
    });
    expect(endTexts({ ...run, rowsWritten: 1 }).headline).toBe('Delivered 1 row');
    expect(endTexts({ ...run, alreadyDelivered: true, launches: 0 })).toMatchObject({
      headline: 'Already delivered',
      cost: 'none, nothing was launched',
    });
  });

  test('begins with the failure type, and names the command that follows', () => {
    const event = { detail: { s3Key: 's3://raw/ventas/norte.csv', batchDate: '2026-02-08' } };
    expect(endLine(endTexts({ ...run, failureType: 'BadData', event, costUsd: 0.5 }))).toBe(
      'BadData; cost: $0.5000, estimated; next: Correct the data, or change the limit or rule named in the reason, ' +
        'then: npx etl run s3://raw/ventas/norte.csv --date 2026-02-08',
    );
  });

  test('of an event that is longer than a panel, names the command that shows the whole', () => {
    const detail = { s3Key: 's3://raw/ventas/norte.csv', batchDate: '2026-02-08', columns: { a: 'x'.repeat(1000) } };
    const { next } = endTexts({ ...run, failureType: 'BadData', event: { detail } });
    expect(next.command).toBe('npx etl watch etl/ventas/2026-02-08/norte');
    expect(next.text).toMatch(/^Correct the data, .* the reason\. For the command, which is long, see$/);
  });

  test.each([
    { s3Key: 's3://AKIA:S3CRET@raw/ventas/norte.csv' },
    { destination: 'https://user:S3CRET@host/lake' },
    { replaces: 'https://host/old.csv?X-Amz-Signature=S3CRET' },
    { password: 'S3CRET' },
  ])('shows no credentials of an event: %j', (wrong) => {
    const detail = { s3Key: 's3://raw/ventas/norte.csv', batchDate: '2026-02-08', ...wrong };
    const { next } = endTexts({ ...run, failureType: 'InvalidInput', event: { detail } });
    expect(next.command).toMatch(/^npx etl (retry|run) /);
    expect(JSON.stringify(next)).not.toContain('S3CRET');
  });

  test.each(Object.keys(failureTypes))('%s has a next step', (failureType) => {
    const { next } = endTexts({ ...run, failureType: failureType as keyof typeof failureTypes });
    expect(next.text).not.toBe('');
    expect(next.command).toMatch(/^npx etl /);
  });
});

describe('the end of a batch', () => {
  const summary = {
    ...{ dates: { from: '2026-02-08', to: '2026-02-08' }, problems: [] },
    ...{ files: 3, delivered: 2, skipped: 0, invalid: 0, failed: 1, cancelled: 0 },
    ...{ rowsWritten: 20, rowsRejected: 0, costUsd: 0.25 },
  };

  test('begins with what was delivered', () => {
    expect(batchEndTexts({ workflowId: 'night', ended: 'delivered', summary })).toEqual({
      headline: 'Delivered 2 files',
      cost: '$0.2500, estimated',
      next: { text: 'nothing to do' },
    });
    const one = { ...summary, delivered: 1, files: 1 };
    expect(batchEndTexts({ workflowId: 'night', ended: 'delivered', summary: one }).headline).toBe('Delivered 1 file');
    expect(batchEndTexts({ workflowId: 'night', ended: 'empty' }).headline).toBe('Found no file');
  });

  test('begins with the failure type, or the number of missing files if the request allows them', () => {
    const failed = batchEndTexts({ workflowId: 'night', ended: 'incomplete', failureType: 'BatchIncomplete', summary });
    expect(failed).toMatchObject({ headline: 'BatchIncomplete', next: { command: 'npx etl retry night' } });
    const allowed = batchEndTexts({ workflowId: 'night', ended: 'incomplete', summary });
    expect(allowed).toMatchObject({ headline: '1 of 3 files not delivered', next: failed.next });
  });

  test('without failed files, names the files that have not arrived', () => {
    const found = { ...summary, files: 2, failed: 0 };
    const short = { workflowId: 'night', ended: 'tooFew', failureType: 'BatchIncomplete', summary: found } as const;
    expect(batchEndTexts(short).next.text).toBe('Check that the files have arrived');
  });
});
