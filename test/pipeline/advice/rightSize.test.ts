import { type RunUsage, rightSize } from '@etl/pipeline/advice/rightSize';
import { listPrices } from '@etl/pipeline/prices/table';

const run = (changes: Partial<RunUsage['resources']> = {}, reused = 0): RunUsage => ({
  reused,
  resources: {
    peakMemoryMiB: 800,
    cpuSeconds: 500,
    wallSeconds: 600,
    bytesRead: 1,
    bytesWritten: 1,
    rowsPerSecond: 1,
    cpus: 2,
    memoryMiB: 7900,
    threads: 2,
    ...changes,
  },
});
const runs = (count: number, changes: Partial<RunUsage['resources']> = {}) =>
  Array.from({ length: count }, () => run(changes));
const advice = (all: readonly RunUsage[]) => rightSize('ventas', all, 30, listPrices);

test('proposes the cheapest size with a quarter more memory than the peak, which takes at most a quarter longer', () => {
  // 1000 MiB are needed, and 0.83 processors: 1 vCPU and 2 GiB. A run bills 615 s:
  // 0.170833 h × (2 × $0.04048 + 8 × $0.004445) = $0.0199055, and 0.170833 h × (0.04048 + 2 × 0.004445) = $0.0084340.
  expect(advice(runs(30))).toMatchObject({
    runs: 30,
    current: { cpu: 2048, memoryMiB: 8192 },
    proposed: { cpu: 1024, memoryMiB: 2048 },
    action: 'shrink',
    peakMemoryMiB: 800,
    busyCpus: 0.83,
    seconds: 600,
    currentMonthUsd: 0.597165,
    proposedMonthUsd: 0.253021,
    savingMonthUsd: 0.344144,
    confidence: 'high',
    reason: 'the runs used at most 800 MiB and 0.83 processors: 1 vCPU, 2 GiB instead of 2 vCPU, 8 GiB',
  });
});

test('keeps a size that fits', () => {
  const fitting = { cpus: 1, memoryMiB: 2000 };
  expect(advice(runs(20, fitting))).toMatchObject({ action: 'keep', savingMonthUsd: 0 });
});

test('proposes more memory if less than a quarter is free, at a negative saving', () => {
  const advised = advice(runs(20, { cpus: 1, memoryMiB: 2000, peakMemoryMiB: 1900, cpuSeconds: 590 }));
  expect(advised).toMatchObject({ action: 'grow', proposed: { cpu: 1024, memoryMiB: 3072 } });
  expect(advised?.savingMonthUsd).toBeLessThan(0);
});

test('a run within the minimum that is billed may take as long as the minimum', () => {
  // 10 s of one processor take 40 s with a quarter of it, within the minimum less the start.
  const short = { peakMemoryMiB: 100, cpuSeconds: 10, wallSeconds: 5 };
  expect(advice(runs(5, short))?.proposed).toEqual({ cpu: 256, memoryMiB: 512 });
});

test('a short run did not use more processors than its task has', () => {
  // The CPU time includes the start of the process.
  expect(advice(runs(1, { cpuSeconds: 0.21, wallSeconds: 0.07 }))).toMatchObject({
    busyCpus: 2,
    reason: expect.stringContaining('and 2 processors'),
  });
});

test('is confident by the number of runs and the spread of their peaks', () => {
  expect(advice(runs(4))?.confidence).toBe('low');
  expect(advice(runs(5))?.confidence).toBe('medium');
  expect(advice(runs(20))?.confidence).toBe('high');
  expect(advice([...runs(20), run({ peakMemoryMiB: 1300 })])?.confidence).toBe('medium');
});

test('uses the runs of the latest size alone', () => {
  const advised = advice([...runs(9, { memoryMiB: 30_000, cpus: 4, peakMemoryMiB: 20_000 }), ...runs(3)]);
  expect(advised).toMatchObject({ runs: 3, peakMemoryMiB: 800 });
});

test('does not use runs of several tasks, or with parts of an earlier task', () => {
  expect(advice([run({ cpuSeconds: 9000 }), run({}, 3)])).toBeUndefined();
  expect(advice([])).toBeUndefined();
});

test('does not calculate a saving for runs on a machine that is not a Fargate size', () => {
  const advised = advice(runs(5, { cpus: 3, memoryMiB: 5000 }));
  expect(advised).toMatchObject({ action: 'unknown', current: null, savingMonthUsd: null, proposed: { cpu: 1024 } });
});

test('proposes nothing if no size has enough memory', () => {
  const most = { cpus: 16, memoryMiB: 122_000, peakMemoryMiB: 110_000 };
  expect(advice(runs(5, most))).toMatchObject({ proposed: null, action: 'unknown' });
});
