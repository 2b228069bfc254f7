import type { Progress } from '@etl/pipeline/manifest';
import { shareOfFiles, withReports } from '../../cli/progress';
import type { TaskReport } from '../../client/taskReports';

const progress = (bytesRead: number, bytesTotal = 100): Progress => ({
  ...{ phase: 'converting', bytesRead, bytesTotal, rowsRead: bytesRead, parts: 1 },
  updatedAt: `2026-02-08T01:00:${String(bytesRead).padStart(2, '0')}.000Z`,
});
const own = (generation: number, read?: Progress): TaskReport => ({
  ...{ generation, ofChild: false, isOpen: true },
  ...(read && { progress: read }),
});
const child = (read: Progress, isOpen = true): TaskReport => ({
  ...{ generation: 1, ofChild: true, isOpen, progress: read },
});

describe('the status of a run, merged with heartbeat reports', () => {
  const status = { step: 'transform', generation: 2, progress: progress(25) } as const;

  test('has the progress of its launch', () => {
    expect(withReports(status, [own(2, progress(42))])).toEqual({ ...status, progress: progress(42) });
    expect(withReports({ step: 'transform', generation: 2 }, [own(2, progress(1))]).progress).toEqual(progress(1));
  });

  test('ignores older reports, reports of other launches, and reports without progress', () => {
    for (const reports of [[own(2, progress(20))], [own(1, progress(90))], [own(2)], []]) {
      expect(withReports(status, reports)).toEqual(status);
    }
    expect(withReports({ step: 'confirm', generation: 2 }, [own(2, progress(90))]).progress).toBeUndefined();
  });

  test('has the sum of its shards once all have reported, and counts an ended shard as complete', () => {
    const sharded = { step: 'shards', shards: { done: 1, of: 3 }, progress: progress(34, 300) } as const;
    const two = [child(progress(50)), child(progress(75), false)];
    expect(withReports(sharded, two)).toEqual(sharded);
    expect(withReports(sharded, [...two, child(progress(10))]).progress).toMatchObject({
      bytesRead: 160,
      bytesTotal: 300,
      rowsRead: 135,
    });
  });
});

test('the progress of a batch counts the running files that have reported', () => {
  expect(shareOfFiles([child(progress(50)), child(progress(150, 300)), child(progress(10), false)])).toBe(0.5);
  expect(shareOfFiles([])).toBeUndefined();
});
