import type { Progress } from '@etl/pipeline/manifest';
import { endLikelyAt } from '../../activities/expectedEnd';

const startedAt = 5000;
const after = (seconds: number) => startedAt + seconds * 1000;
/** Progress as the container writes it; its clock may differ from the clock of the worker. */
const progress = (bytesRead: number, phase: Progress['phase'] = 'converting', updatedAt = '1970-01-01T00:00:00.000Z') =>
  ({ phase, bytesRead, bytesTotal: 1000, rowsRead: 1, parts: 1, updatedAt }) satisfies Progress;
const likelyAt = (seconds: number, known: { progress?: Progress; readAfter?: number; estimateSeconds?: number } = {}) =>
  endLikelyAt({
    now: after(seconds),
    startedAt,
    progress: known.progress,
    readAt: known.readAfter === undefined ? undefined : after(known.readAfter),
    estimateSeconds: known.estimateSeconds,
  });

test('a task may end at any time in its first minute', () => {
  expect(likelyAt(59, { estimateSeconds: 3600 })).toBe(after(59));
});

test.each(['1970-01-01T00:00:00.000Z', '2026-02-08T01:00:00.000Z', '2126-02-08T01:00:00.000Z'])(
  'a task may end from four fifths of the total time that its pace implies, whatever its clock: %s',
  (updatedAt) => {
    const read = progress(250, 'converting', updatedAt);
    expect(likelyAt(110, { progress: read, readAfter: 100, estimateSeconds: 3600 })).toBe(after(320));
  },
);

test('a task may end from four fifths of the estimate of the plan while it has read nothing', () => {
  expect(likelyAt(110, { estimateSeconds: 1000 })).toBe(after(800));
  expect(likelyAt(110, { progress: progress(0), readAfter: 100, estimateSeconds: 1000 })).toBe(after(800));
});

test('a task that is publishing ends soon', () => {
  expect(likelyAt(110, { progress: progress(250, 'publishing'), readAfter: 100 })).toBe(after(110));
});

test('a task without progress or estimate is not likely to end', () => {
  expect(likelyAt(110)).toBe(Number.POSITIVE_INFINITY);
});
