import { maxShards } from '@etl/pipeline/event';
import { estimateRun } from '@etl/pipeline/routing/estimate';
import { planShards, type ShardRequest, shardPolicy } from '@etl/pipeline/routing/shards';

const size = { cpu: 2048, memoryMiB: 4096 };
const gigabyte = 1e9;

const planOf = (
  bytes: number,
  requirements: ShardRequest['requirements'] = {},
  { source, ...changes }: Partial<Omit<ShardRequest, 'source'>> & { source?: Partial<ShardRequest['source']> } = {},
) =>
  planShards({
    requirements,
    source: { kind: 'file', bytes, compression: 'none', encoding: 'utf-8', rowBytes: 100, ...source },
    chunkRows: 500_000,
    size,
    spot: false,
    timeoutSeconds: 3600,
    launchesPerSecond: 5,
    ...changes,
  });
const shardsOf = (...args: Parameters<typeof planOf>): number => {
  const plan = planOf(...args);
  if (!plan.ok) throw new Error(plan.reasons.join());
  return plan.shards;
};
const refusal = (...args: Parameters<typeof planOf>): string => {
  const plan = planOf(...args);
  if (plan.ok) throw new Error(`${plan.shards} tasks`);
  return plan.reasons.join();
};
const seconds = (bytes: number, tasks: number): number =>
  estimateRun({ bytes, size, tasks, spot: false, source: 'file' }).seconds;
const costUsd = (bytes: number, tasks: number): number =>
  estimateRun({ bytes, size, tasks, spot: false, source: 'file' }).costUsd;

describe('without a request', () => {
  test('plans one task and gives no reason', () => {
    expect(planOf(10 * gigabyte)).toMatchObject({ ok: true, shards: 1, reasons: [], warnings: [] });
  });

  test('splits a very large file into pieces of the policy', () => {
    const above = shardPolicy.aboveBytes + 1;
    expect(shardsOf(shardPolicy.aboveBytes)).toBe(1);
    expect(shardsOf(above)).toBe(Math.ceil(above / shardPolicy.bytesPerTask));
    expect(planOf(100 * gigabyte)).toMatchObject({
      reasons: [
        expect.stringMatching(/^4 tasks, .* by the estimate: files above 50 GB are split into pieces of 25 GB$/),
      ],
    });
  });

  test('splits a file that one task cannot convert within half its timeout', () => {
    expect(shardsOf(40 * gigabyte, {}, { timeoutSeconds: 600 })).toBe(1);
    expect(planOf(40 * gigabyte, {}, { timeoutSeconds: 300 })).toMatchObject({
      shards: 3,
      reasons: [expect.stringContaining('fewer tasks would need more than half of their timeout of 5 min')],
    });
  });

  test('plans one task for a file that cannot be read from its middle, with a warning when it will be late', () => {
    const plan = planOf(800 * gigabyte, {}, { source: { compression: 'gzip' } });
    expect(plan).toMatchObject({
      shards: 1,
      reasons: [expect.stringContaining('gzip: the file cannot be read from its middle')],
      warnings: [
        expect.stringMatching(
          /^compute.timeoutSeconds: by the estimate, a task needs 1 h 24 min, but is stopped after 1 h: raise it$/,
        ),
      ],
    });
  });
});

test('a task that will exceed its timeout gets a warning to raise the timeout or the number of tasks', () => {
  const late = (requirements: ShardRequest['requirements'], request: object = {}) => {
    const plan = planOf(800 * gigabyte, requirements, request);
    return plan.ok ? plan.warnings.join() : 'refused';
  };
  expect(late({ shards: 1 })).toMatch(/a task needs .*, but is stopped after 1 h: raise it, or set more tasks in/);
  expect(late({ shards: 1 }, { timeoutSeconds: 7200 })).toBe('');
  expect(late({ shards: 8 })).toBe('');
});

test('splits a very large file on S3 too, since its index reads several ranges in parallel', () => {
  expect(shardsOf(100 * gigabyte, {}, { source: { kind: 's3' } })).toBe(4);
});

test('plans one task when it converts as fast as an index can be built', () => {
  expect(planOf(100 * gigabyte, {}, { size: { cpu: 8192, memoryMiB: 16_384 } })).toMatchObject({
    shards: 1,
    reasons: [expect.stringContaining('several tasks would not finish sooner (4 tasks, ')],
  });
});

describe('a requested number of tasks', () => {
  test('is used', () => {
    expect(planOf(gigabyte, { shards: 8 })).toMatchObject({
      shards: 8,
      warnings: [],
      reasons: [expect.stringMatching(/^8 tasks, .*: the event requests 8 tasks$/)],
      estimate: { tasks: 8, costUsd: costUsd(gigabyte, 8) },
    });
    expect(planOf(200 * gigabyte, { shards: 1 })).toMatchObject({ shards: 1 });
  });

  test('is limited to one part per task', () => {
    expect(planOf(gigabyte, { shards: 100 })).toMatchObject({
      shards: 20,
      warnings: [
        'compute.shards: 100 tasks are not possible: the file has about 20 parts of 500000 rows, and each task converts at least one',
      ],
    });
  });

  test.each([
    [{ compression: 'zstd' }, 'zstd'],
    [{ encoding: 'windows-1252' }, 'windows-1252'],
    [{ encoding: 'utf-16le' }, 'utf-16le'],
  ] as const)('%j becomes one task, with a warning', (source, name) => {
    expect(planOf(gigabyte, { shards: 4 }, { source })).toMatchObject({
      shards: 1,
      warnings: [expect.stringContaining(`compute.shards: 4 tasks are not possible: ${name}: the file cannot be read`)],
    });
  });

  test('is refused when it does not meet an accompanying deadline or budget', () => {
    expect(refusal(500 * gigabyte, { shards: 2, deadlineMinutes: 30 })).toMatch(
      /deadlineMinutes: the deadline of 30 min is not met by 2 tasks/,
    );
    expect(refusal(500 * gigabyte, { shards: 20, budgetUsd: 0.01 })).toMatch(
      /budgetUsd: the budget of \$0.01 is exceeded by 20 tasks/,
    );
  });
});

describe('a deadline', () => {
  test('gets the smallest number of tasks that meets it by the estimate, including launch time', () => {
    for (const [bytes, minutes] of [
      [20 * gigabyte, 2.8],
      [100 * gigabyte, 8],
      [100 * gigabyte, 5.5],
    ] as const) {
      const shards = shardsOf(bytes, { deadlineMinutes: minutes });
      expect(shards).toBeGreaterThan(1);
      expect(seconds(bytes, shards) + Math.floor(shards / 5)).toBeLessThanOrEqual(minutes * 60);
      expect(seconds(bytes, shards - 1) + Math.floor((shards - 1) / 5)).toBeGreaterThan(minutes * 60);
    }
  });

  test.each([
    [1, 1],
    [5, 5],
    // The run itself starts at most ten shards per second.
    [20, 10],
  ])('counts the time to launch all tasks: at %j launches a second, %j', (launchesPerSecond, rate) => {
    const plan = planOf(100 * gigabyte, { shards: 100 }, { launchesPerSecond });
    expect(plan).toMatchObject({ ok: true, estimate: { seconds: seconds(100 * gigabyte, 100) + 100 / rate } });
  });

  test('that one task meets gets one task', () => {
    expect(shardsOf(10 * gigabyte, { deadlineMinutes: 60 })).toBe(1);
  });

  test('that no number of tasks meets is refused with the estimate', () => {
    expect(refusal(500 * gigabyte, { deadlineMinutes: 5 })).toMatch(
      /^detail\.compute\.deadlineMinutes: the deadline of 5 min cannot be met: the fastest is \d+ tasks, 16 min 48 s and \$\d.* by the estimate, and more tasks/,
    );
    expect(refusal(20 * gigabyte, { deadlineMinutes: 2 }, { source: { compression: 'gzip' } })).toContain(
      '1 task, 2 min 50 s and $0.0040 by the estimate, and gzip: the file',
    );
  });

  test('never gets so few tasks that one would exceed its timeout', () => {
    const shards = shardsOf(1000 * gigabyte, { deadlineMinutes: 10_000 });
    expect(40 + (1000 * gigabyte) / shards / 160e6).toBeLessThanOrEqual(1800);
  });

  test('never gets more than the maximum number of tasks', () => {
    expect(refusal(5000 * gigabyte, { deadlineMinutes: 1 })).toMatch(/is \d+ tasks/);
    expect(shardsOf(1e15, {}, { timeoutSeconds: 60 })).toBe(maxShards);
  });
});

describe('a budget', () => {
  test('buys the fastest plan that it covers', () => {
    const bytes = 40 * gigabyte;
    const plan = planOf(bytes, { budgetUsd: 0.1 });
    if (!plan.ok) throw new Error(plan.reasons.join());
    expect(plan.estimate.costUsd).toBeLessThanOrEqual(0.1);
    for (let tasks = 1; tasks <= 100; tasks++) {
      if (costUsd(bytes, tasks) > 0.1) continue;
      expect(seconds(bytes, tasks) + Math.floor(tasks / 5)).toBeGreaterThan(plan.estimate.seconds * 0.95);
    }
    expect(plan.shards).toBeLessThan(40);
  });

  test('that does not cover a single task is refused', () => {
    expect(refusal(100 * gigabyte, { budgetUsd: 0.001 })).toMatch(
      /^detail\.compute\.budgetUsd: \$0\.001 is not enough: the cheapest is 1 task, 11 min 10 s and \$0\.\d+ by the estimate$/,
    );
  });

  test('is combined with a deadline, or refused with the cost of each', () => {
    const requirements = { deadlineMinutes: 6, budgetUsd: 5 };
    expect(shardsOf(100 * gigabyte, requirements)).toBe(shardsOf(100 * gigabyte, { deadlineMinutes: 6 }));
    expect(refusal(100 * gigabyte, { deadlineMinutes: 6, budgetUsd: 0.0275 })).toMatch(
      /^detail\.compute\.budgetUsd: \$0\.0275 is not enough for the deadline of 6 min, which needs 10 tasks, .*; within the budget, the fastest is \d tasks, /,
    );
  });

  test('buys a faster plan on Spot, which is cheaper', () => {
    const requirements = { budgetUsd: 0.0125 };
    const onDemand = planOf(40 * gigabyte, requirements);
    const spot = planOf(40 * gigabyte, requirements, { spot: true });
    if (!onDemand.ok || !spot.ok) throw new Error('refused');
    expect(spot.estimate.seconds).toBeLessThan(onDemand.estimate.seconds);
  });
});
