import type { Launch } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { costProblem, planOfShard } from '@etl/pipeline/prices/costLimit';
import { listPrices } from '@etl/pipeline/prices/table';
import { withCostLimit } from '@etl/pipeline/routing/withCostLimit';
import { samplePlan } from '../../support/samplePlan';

const size = { cpu: 1024, memoryMiB: 2048 };
const head = { compression: 'none' } as const;
const limited = (maxUsd: number, changes: Partial<Plan> = {}): Plan =>
  withCostLimit(samplePlan({ compute: { spot: false, size }, ...changes }), head, maxUsd);
const launch = (changes: Partial<Launch> = {}): Launch => ({
  generation: 1,
  lane: 'fargate',
  spot: false,
  taskArn: 'arn:1',
  failureType: 'TaskFailed',
  ...changes,
});
const next = { generation: 2, spot: false };

/** A minute of one vCPU and 2 GiB: (0.04048 + 2 × 0.004445) / 60. */
const minuteUsd = 0.000823;

test('a plan without a limit keeps its size, and has the prices of a price file', () => {
  const plan = samplePlan();
  expect(withCostLimit(plan, head, undefined)).toBe(plan);
  const { fargate, lambda } = listPrices;
  expect(withCostLimit(plan, head, undefined, { prices: { fargate, lambda } })).toEqual({
    ...plan,
    prices: { fargate, lambda },
  });
});

test('a limit carries its prices, so that a later version decides in the same way', () => {
  const { fargate, lambda } = listPrices;
  expect(limited(1)).toMatchObject({ prices: { fargate, lambda }, costLimit: { maxUsd: 1, size } });
});

test('a launch within the limit is made, and one above it is not', () => {
  expect(costProblem(limited(minuteUsd), [], next)).toBeUndefined();
  expect(costProblem(limited(2 * minuteUsd), [launch({ costUsd: minuteUsd })], next)).toBeUndefined();
  expect(costProblem(limited(0.0016), [launch({ costUsd: minuteUsd })], next)).toBe(
    'the run has spent $0.000823, and launch 2 would cost about $0.000823, which together exceeds compute.maxCostUsd, $0.0016: ' +
      'raise compute.maxCostUsd, or fix the cause of the relaunches',
  );
});

test('a limit of less than a millionth is shown as it was set', () => {
  expect(costProblem(limited(1e-7), [], next)).toContain('exceeds compute.maxCostUsd, $0.0000001: ');
});

test('a launch counts with its own size and capacity', () => {
  const plan = limited(minuteUsd);
  expect(costProblem(plan, [], { ...next, size: { cpu: 1024, memoryMiB: 8192 } })).toBeDefined();
  expect(costProblem(limited(0.3 * minuteUsd + 1e-6), [], { ...next, spot: true })).toBeUndefined();
  expect(costProblem(limited(0.3 * minuteUsd + 1e-6), [], next)).toBeDefined();
});

test('a launch that ran for an unknown time counts with its estimate, and one that never started with nothing', () => {
  const plan = limited(1.5 * minuteUsd);
  expect(costProblem(plan, [launch()], next)).toContain('has spent $0.000823');
  const { taskArn: _, ...never } = launch();
  expect(costProblem(plan, [never], next)).toBeUndefined();
});

test('the light lane counts its estimate, also if that is 0', () => {
  const estimate = { tasks: 0, seconds: 7, costUsd: 0.0002 };
  const plan = limited(0.0003, { compute: { lane: 'light', spot: false }, routing: { reasons: [], estimate } });
  expect(costProblem(plan, [], { ...next, lane: 'light' })).toBeUndefined();
  expect(costProblem(plan, [launch({ lane: 'light', costUsd: 0.0002 })], { ...next, lane: 'light' })).toBeDefined();
});

describe('a file that several tasks convert', () => {
  const shards = { compute: { spot: false, size, shards: 3 } };
  const index = { ...next, mode: { kind: 'index' } } as const;

  test('begins only if the limit covers the index, all shards and the commit', () => {
    expect(costProblem(limited(5 * minuteUsd + 1e-5, shards), [], index)).toBeUndefined();
    expect(costProblem(limited(4.5 * minuteUsd, shards), [], index)).toContain('the launches that convert the file');
  });

  test('gives each shard an equal share of what the earlier launches and the commit leave', () => {
    const plan = limited(8 * minuteUsd, shards);
    const shard = planOfShard(plan, [launch({ purpose: 'index', costUsd: minuteUsd })]);
    expect(shard.costLimit?.maxUsd).toBeCloseTo(2 * minuteUsd, 5);
    const mode = { kind: 'shard', number: 1, of: 3, indexUri: 's3://lake/index.json' } as const;
    const spent = [launch({ costUsd: minuteUsd }), launch({ costUsd: minuteUsd })];
    expect(costProblem(shard, spent, { ...next, mode })).toMatch(
      /^the shard has spent .* its share of compute\.maxCostUsd/,
    );
  });

  test('leaves a shard nothing if the earlier launches have spent the limit', () => {
    expect(planOfShard(limited(minuteUsd, shards), [launch({ costUsd: minuteUsd })]).costLimit?.maxUsd).toBe(0);
  });
});
