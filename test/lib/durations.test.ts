import { describeSeconds } from '@etl/lib/durations';

test.each([
  [0, '0 s'],
  [44.2, '45 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
  [86_400, '1 day'],
  [604_800, '7 days'],
  [360_000, '4 days 4 h'],
])('%d s: %s', (seconds, text) => {
  expect(describeSeconds(seconds)).toBe(text);
});
