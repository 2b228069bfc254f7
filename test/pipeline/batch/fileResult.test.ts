import { failedEnd, resultOf } from '@etl/pipeline/batch/fileResult';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';

const file = { uri: 's3://raw/a.csv', batchDate: '2026-02-08', workflowId: 'etl/d/2026-02-08/a' };

test('a delivered file has its row counts and the cost of all its launches', () => {
  const result = {
    delivered: { totals: { rowsWritten: 9, rowsRejected: 1 } },
    launches: [{ costUsd: 0.1 }, {}, { costUsd: 0.2 }],
  };
  expect(resultOf(file, { status: 'completed', result })).toEqual({
    ...file,
    outcome: 'delivered',
    rowsWritten: 9,
    rowsRejected: 1,
    costUsd: 0.3,
  });
});

test('a delivered file with a changed schema has that warning and no other', () => {
  const schemaWarning = 'schema differs from 2026-02-07/a: column amount was removed';
  const result = { delivered: { warnings: ['other', schemaWarning, 3] } };
  expect(resultOf(file, { status: 'completed', result })).toEqual({ ...file, outcome: 'delivered', schemaWarning });
});

test('a result of another version counts as delivered, without details', () => {
  for (const result of [
    undefined,
    null,
    {},
    { delivered: { totals: { rowsWritten: 'x' }, warnings: 'x' }, launches: 3 },
  ]) {
    expect(resultOf(file, { status: 'completed', result })).toEqual({ ...file, outcome: 'delivered' });
  }
});

test.each([
  [
    ApplicationFailure.create({ type: 'InvalidInput', message: 'no' }),
    { outcome: 'invalid', failureType: 'InvalidInput', reason: 'no' },
  ],
  [
    ApplicationFailure.create({ type: 'BadData', message: 'x', details: [{ launches: [{ costUsd: 1 }] }] }),
    { outcome: 'failed', failureType: 'BadData', reason: 'x', costUsd: 1 },
  ],
  [new CancelledFailure('c'), { outcome: 'cancelled', failureType: 'Cancelled', reason: 'its run was cancelled' }],
  [new TerminatedFailure('t'), { outcome: 'failed', failureType: 'Terminated', reason: 'its run was terminated' }],
  [
    new TimeoutFailure('t', undefined, 'START_TO_CLOSE'),
    { outcome: 'failed', failureType: 'Timeout', reason: 'its run timed out (START_TO_CLOSE)' },
  ],
  [undefined, { outcome: 'failed', failureType: 'ServiceUnavailable', reason: 'no reason given' }],
])('%s', (cause, expected) => {
  expect(resultOf(file, failedEnd(cause))).toEqual({ ...file, ...expected });
});

test('limits the length of a reason', () => {
  const failed = resultOf(file, failedEnd(ApplicationFailure.create({ type: 'BadData', message: 'x'.repeat(5000) })));
  expect(failed.reason).toHaveLength(300);
});
