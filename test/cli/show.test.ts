import type { Progress } from '@etl/pipeline/manifest';
import { createPace } from '../../cli/pace';
import { createStatusLine, describeStatus } from '../../cli/show';

const at = (second: number, bytesRead: number): Progress => ({
  ...{ phase: 'converting', bytesTotal: 1000e6, rowsRead: 3_000_000, parts: 5, part: 6, bytesRead },
  updatedAt: new Date(second * 1000).toISOString(),
});

describe('pace', () => {
  test('is measured from the first reported progress, which excludes the work of earlier launches', () => {
    const pace = createPace();
    expect(pace(at(0, 500e6))).toBeUndefined();
    expect(pace(at(2, 700e6))).toEqual({ bytesPerSecond: 100e6, secondsLeft: 3 });
  });

  test('restarts with a task that reads from the beginning', () => {
    const pace = createPace();
    pace(at(0, 900e6));
    pace(at(10, 10e6));
    expect(pace(at(12, 210e6))).toMatchObject({ bytesPerSecond: 100e6 });
  });

  test('is unknown while nothing is read, and after everything is read', () => {
    const pace = createPace();
    pace(at(0, 0));
    expect(pace(at(5, 0))).toBeUndefined();
    expect(pace({ ...at(6, 1000e6), phase: 'publishing' })).toBeUndefined();
  });
});

describe('status', () => {
  const pace = { bytesPerSecond: 180e6, secondsLeft: 125 };
  test('is a line with rows, part, MB/s and the remaining time', () => {
    const line = describeStatus({ step: 'transform', generation: 2, progress: at(0, 420e6) }, { bar: false, pace });
    expect(line).toBe('transform (launch 2) 42 %, 3,000,000 rows, part 6, 180 MB/s, 2 min 5 s left');
  });

  test('has no progress for a task that reads nothing', () => {
    const progress = { ...at(0, 0), bytesTotal: 0 };
    expect(describeStatus({ step: 'transform', generation: 2, purpose: 'commit', progress }, { bar: true })).toBe(
      'transform commit (launch 2)',
    );
  });

  test('has a bar on a terminal', () => {
    const line = describeStatus({ step: 'transform', progress: at(0, 500e6) }, { bar: true });
    expect(line).toBe('transform [############------------] 50 %, 3,000,000 rows, part 6');
  });

  test.each([80, 120])(
    'fits a terminal of %d columns with bar, share, rows, throughput and remaining time',
    (width) => {
      const status = { step: 'transform', generation: 12, progress: at(0, 420e6) } as const;
      const line = describeStatus(status, { bar: true, pace, columns: width - 1 });
      expect(line.length).toBeLessThan(width);
      expect(line).toMatch(/^transform \(launch 12\) \[#+-+\] 42 %, 3,000,000 rows,.* 180 MB\/s, 2 min 5 s left$/);
    },
  );

  test('leaves out the bar before a fact', () => {
    const status = { step: 'transform', generation: 2, progress: at(0, 420e6) } as const;
    expect(describeStatus(status, { bar: true, pace, columns: 40 })).toBe(
      'transform (launch 2) 42 %, 3,000,000 rows, 180 MB/s, 2 min 5 s left',
    );
  });

  test('has the purpose of a launch, and the number of completed shards', () => {
    const line = (status: Parameters<typeof describeStatus>[0]) => describeStatus(status, { bar: false });
    expect(line({ step: 'launch', generation: 1, purpose: 'index' })).toBe('launch index (launch 1)');
    expect(line({ step: 'shards', shards: { done: 3, of: 8 } })).toBe('shards: 3 of 8 done');
  });

  test('has a step without progress, and the reason of its wait', () => {
    expect(describeStatus({ step: 'wait', generation: 1, note: 'again in 60 s' }, { bar: true })).toBe(
      'wait (launch 1) - again in 60 s',
    );
  });
});

test.each([
  [{ isTTY: true, columns: 80 }, '\r\x1b[Ktransform (launch 1) [#####-----] 50 %, 3,000,000 rows'],
  [{ isTTY: false }, 'transform (launch 1) 50 %, 3,000,000 rows, part 6\n'],
])('a status line on %j has a bar of its width, or is a plain line', (stream, expected) => {
  const written: string[] = [];
  const line = createStatusLine({ ...stream, write: (text: string) => written.push(text) > 0 } as never);
  line.show({ step: 'transform', generation: 1, progress: at(0, 500e6) });
  expect(written.join('')).toBe(expected);
});
