import { niceMax, timeTicks } from '../../report/charts/scale';
import { showPercent, showSeconds, showShort, showTime, showUsd } from '../../report/page/amounts';

test.each([
  [0, '0 ms'],
  [0.0561, '56 ms'],
  [0.4, '0.4 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min'],
  [125, '2 min 5 s'],
  [3600, '1 h'],
  [11_520, '3 h 12 min'],
  [180_000, '2 d 2 h'],
])('%d seconds are %s', (seconds, expected) => expect(showSeconds(seconds)).toBe(expected));

test('amounts are short', () => {
  expect([0, 0.00042, 0.9, 12.3456].map(showUsd)).toEqual(['$0.00', '$0.0004', '$0.9000', '$12.35']);
  expect([950, 12_345, 2_439_024, 3.4e9].map(showShort)).toEqual(['950', '12.3k', '2.44M', '3.4G']);
  expect([0, 0.000386, 0.0117, 0.5, 1].map(showPercent)).toEqual(['0 %', '0.04 %', '1.17 %', '50 %', '100 %']);
});

test('a time is shown in UTC; other text as it is', () => {
  expect(showTime('2026-02-08T02:30:05.123+01:00')).toBe('2026-02-08 01:30:05 UTC');
  expect(showTime('never')).toBe('never');
});

test('axes have round values', () => {
  expect([0, 3, 24, 26, 51, 990].map(niceMax)).toEqual([1, 5, 25, 50, 100, 1000]);
  expect(timeTicks(7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(timeTicks(420, 8)).toEqual([0, 60, 120, 180, 240, 300, 360, 420]);
  for (const seconds of [0.001, 0.3, 59, 4000, 90_000, 3e7, 4e9])
    expect(timeTicks(seconds, 8).length).toBeLessThanOrEqual(9);
});
