import { batchOfRun } from '@etl/pipeline/runs/batchOfRun';

const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte' };

test.each([
  ['a workflow ID of the CLI', { workflowId: 'etl/ventas/2026-02-08/norte' }],
  ['a workflow ID of the intake', { workflowId: 'etl/ventas/2026-02-08/norte/0123456789ab' }],
  ['the memo of the end', { workflowId: 'my-first-run', memo: { etl: { outcome: 'TaskFailed', ...batch } } }],
  ['the answer of an open run', { workflowId: 'my-first-run', answer: { step: 'held', batch } }],
  ['the event', { workflowId: 'my-first-run', input: { detail: { s3Key: 's3://raw/x.csv', ...batch } } }],
  ['the result', { workflowId: 'my-first-run', result: { batch } }],
])('returns the batch from %s', (_, run) => {
  expect(batchOfRun(run)).toEqual(batch);
});

test('prefers the memo to the event and the workflow ID', () => {
  const input = { detail: { dataset: 'ventas', source: 'sur' } };
  expect(batchOfRun({ workflowId: 'etl/ventas/2026-02-07/este', input, memo: { etl: batch } })).toEqual(batch);
});

test('returns no fields for a run of which nothing is known', () => {
  const odd = { etl: { dataset: 5, batchDate: null, source: '' } };
  expect(batchOfRun({ workflowId: 'my-first-run' })).toEqual({});
  expect(batchOfRun({ workflowId: 'etl/ventas/2026-02-08/norte/shard-1-of-2', memo: odd })).toEqual({});
});
