import { mayRepeat, withoutValues } from '../../../../aws/sinks/redshift/errors';

test.each([
  ['ERROR: 1023\n  Detail: Serializable isolation violation on table - 7', true],
  ['ERROR: deadlock detected', true],
  ['ERROR: terminating connection due to administrator command', true],
  ['FATAL: the cluster is resuming', true],
  ['connect timed out', true],
  ['S3ServiceException: Please reduce your request rate. SlowDown', true],
  ['FATAL: password authentication failed for user "etl"', false],
  ['ERROR: permission denied for relation orders', false],
  ['ERROR: relation "orders" does not exist', false],
  ['ERROR: Divide by zero', false],
  ['ERROR: Load into table etl_stage failed after 1023456 rows', false],
])('%s may be repeated: %s', (message, repeat) => {
  expect(mayRepeat(message)).toBe(repeat);
});

test('messages keep the names that are given, and no other quoted text', () => {
  const names = new Set(['orders', 'Año']);
  expect(withoutValues(`column "Año" of 'orders':\n  invalid value "4111 1111" or 'x'`, names)).toBe(
    `column "Año" of 'orders': invalid value "…" or '…'`,
  );
  expect(withoutValues('x'.repeat(1000)).length).toBeLessThan(500);
});
