import { measureWait } from '../../activities/waited';

test.each([
  ['nothing', undefined, 0],
  ['details of another kind', { rows: 1 }, 0],
  ['details without a number', { waitedSeconds: -1 }, 0],
  ['a wait', { waitedSeconds: 40 }, 40],
])('a wait starts at the time that earlier attempts have waited: %s', (_what, last, before) => {
  let now = 1000;
  const waited = measureWait(last, () => now);
  expect(waited.before).toBe(before);
  now += 25_000;
  expect(waited.details()).toEqual({ waitedSeconds: before + 25 });
});
