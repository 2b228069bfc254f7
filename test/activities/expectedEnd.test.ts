import type { Progress } from '@etl/pipeline/manifest';
import { endLikelyAt } from '../../activities/expectedEnd';

const startedAt = Date.parse('2026-02-08T01:00:00Z');
const after = (seconds: number) => startedAt + seconds * 1000;
const progress = (seconds: number, bytesRead: number, phase: Progress['phase'] = 'converting'): Progress => ({
  ...{ phase, bytesRead, bytesTotal: 1000, rowsRead: 1, parts: 1 },
  updatedAt: new Date(after(seconds)).toISOString(),
});
const likelyAt = (seconds: number, known: { progress?: Progress; estimateSeconds?: number } = {}) =>
  endLikelyAt({
    now: after(seconds),
    startedAt,
    progress: known.progress,
    estimateSeconds: known.estimateSeconds,
  });

test('a task may end at any time in its first minute', () => {
  expect(likelyAt(59, { estimateSeconds: 3600 })).toBe(after(59));
});

test('by its progress and pace: from four fifths of the time that it needs for all', () => {
  expect(likelyAt(110, { progress: progress(100, 250), estimateSeconds: 3600 })).toBe(after(320));
});

test('by the estimate of the plan while nothing is read', () => {
  expect(likelyAt(110, { estimateSeconds: 1000 })).toBe(after(800));
  expect(likelyAt(110, { progress: progress(100, 0), estimateSeconds: 1000 })).toBe(after(800));
});

test('a task that publishes what it has converted ends soon', () => {
  expect(likelyAt(110, { progress: progress(100, 250, 'publishing') })).toBe(after(110));
});

test('a task of which nothing is known is not likely to end', () => {
  expect(likelyAt(110)).toBe(Number.POSITIVE_INFINITY);
});
