import { since } from '../../../cli/runs/since';

const now = Date.parse('2026-02-09T03:00:00Z');

test.each([
  ['12h', '2026-02-08T15:00:00.000Z'],
  ['2d', '2026-02-07T03:00:00.000Z'],
  ['2026-02-08', '2026-02-08T00:00:00.000Z'],
  ['2026-02-08T22:30:00Z', '2026-02-08T22:30:00.000Z'],
])('%s is a time', (text, time) => {
  expect(since(text, now).toISOString()).toBe(time);
});

test.each(['yesterday', '2026-13-01', '12', ''])('%j is not a time', (text) => {
  expect(() => since(text, now)).toThrow('is not a time');
});
