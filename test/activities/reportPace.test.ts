import { reportSeconds } from '../../activities/reportPace';

const seconds = (ranSeconds: number, waits = 1, leastSeconds = 5) => reportSeconds({ ranSeconds, waits, leastSeconds });

test('allows a report every five seconds at first and every ten seconds later', () => {
  expect([0, 60, 100, 160, 200, 3600].map((ran) => seconds(ran))).toEqual([5, 5, 5, 8, 10, 10]);
});

test('limits a worker to 50 reports a second, and to 100 with 2,000 waits', () => {
  for (const waits of [1, 100, 500, 1000]) expect(waits / seconds(3600, waits)).toBeLessThanOrEqual(50);
  expect(2000 / seconds(3600, 2000)).toBe(100);
});
