import { lastLines } from '@etl/lib/logTail';

test('returns the last lines, without progress and empty lines', () => {
  const lines = ['a', 'b', '{"event":"progress","rowsRead":1}', '', ' ', 'c', '{"event":"progress","rowsRead":2}'];
  expect(lastLines(lines, 2)).toEqual(['b', 'c']);
  expect(lastLines(lines, 9)).toEqual(['a', 'b', 'c']);
});

test('truncates a long line', () => {
  expect(lastLines(['x'.repeat(5000), 'y'.repeat(2000)], 2)).toEqual([`${'x'.repeat(1999)}…`, 'y'.repeat(2000)]);
});
