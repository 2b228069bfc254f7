import type { Progress } from '@etl/pipeline/manifest';
import { shareRead, sumOfProgress } from '@etl/pipeline/progress';

const progress = (bytesRead: number, updatedAt: string): Progress => ({
  ...{ phase: 'converting', bytesRead, bytesTotal: 100, rowsRead: 2, parts: 1, updatedAt },
});

test('the share read never exceeds 1, and is 0 while the size is unknown', () => {
  expect([0, 42, 100, 101].map((bytesRead) => shareRead({ bytesRead, bytesTotal: 100 }))).toEqual([0, 0.42, 1, 1]);
  expect(shareRead({ bytesRead: 7, bytesTotal: 0 })).toBe(0);
});

test('sums the progress of several tasks, with the latest update time', () => {
  expect(sumOfProgress([progress(10, '2026-02-08T02'), progress(30, '2026-02-08T01')])).toEqual({
    ...{ phase: 'converting', bytesRead: 40, bytesTotal: 200, rowsRead: 4, parts: 2, updatedAt: '2026-02-08T02' },
  });
  expect(sumOfProgress([])).toBeUndefined();
});
