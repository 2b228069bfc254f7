import { crossings, rateUsd } from '@etl/pipeline/advice/rate';

const task = { requestUsd: 0, minuteUsd: 2, minimumMinutes: 1 };

test('bills a request and at least the minimum', () => {
  expect(rateUsd({ requestUsd: 1, minuteUsd: 2, minimumMinutes: 3 }, 0.5)).toBe(7);
  expect(rateUsd({ requestUsd: 1, minuteUsd: 2, minimumMinutes: 3 }, 10)).toBe(21);
});

test('a rate without a minimum is cheaper below the minimum of the other', () => {
  // 8 per minute: 0.25 min cost the 2 of a billed minute.
  expect(crossings({ requestUsd: 0, minuteUsd: 8, minimumMinutes: 0 }, task, 60)).toEqual([0.25]);
});

test('a fixed part is paid back by a lower price per minute', () => {
  expect(crossings({ requestUsd: 10, minuteUsd: 1, minimumMinutes: 0 }, task, 60)).toEqual([10]);
  expect(crossings({ requestUsd: 10, minuteUsd: 1, minimumMinutes: 0 }, task, 9)).toEqual([]);
});

test('rates that never meet have no crossing', () => {
  expect(crossings({ ...task, minuteUsd: 3 }, task, 60)).toEqual([]);
  expect(crossings(task, task, 60)).toEqual([]);
});
