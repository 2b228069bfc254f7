import { costReport } from '@etl/pipeline/costs/costReport';
import { launchCosts, type RunRecord } from '@etl/pipeline/costs/runCost';
import type { Launch } from '@etl/pipeline/launches';
import { listPrices } from '@etl/pipeline/prices/table';

/** An hour costs 0.04048 + 2 × 0.004445 = $0.04937; on Spot 30 % of it. */
const task: Launch = {
  generation: 1,
  lane: 'fargate',
  spot: false,
  size: { cpu: 1024, memoryMiB: 2048 },
  seconds: 3600,
};
const lambda: Launch = { generation: 1, lane: 'light', spot: false, memoryMiB: 1024, seconds: 60, costUsd: 1 };
const record = (changes: Partial<RunRecord> = {}): RunRecord => ({
  id: 'etl/ventas/2026-11-01/v',
  dataset: 'ventas',
  day: '2026-11-01',
  delivered: true,
  launches: [task],
  ...changes,
});
const costs = (changes: Partial<RunRecord>) =>
  launchCosts(record(changes), listPrices).map(({ lane, usd, isWaste }) => [lane, usd, isWaste]);

describe('the cost of a launch', () => {
  test('is calculated from size, duration, capacity and storage, whatever was recorded', () => {
    expect(costs({ launches: [{ ...task, costUsd: 9 }] })).toEqual([['fargate', 0.04937, false]]);
    expect(costs({ launches: [{ ...task, spot: true }] })).toEqual([['fargate-spot', 0.014811, false]]);
    // 80 GiB × $0.000111
    expect(costs({ launches: [{ ...task, ephemeralStorageGiB: 100 }] })).toEqual([['fargate', 0.05825, false]]);
    // 60 s × 1 GiB × $0.0000166667 + $0.0000002
    expect(costs({ launches: [lambda] })).toEqual([['lambda', 0.001, false]]);
  });

  test('is the recorded one if size or duration is unknown, else 0', () => {
    const { size: _, ...unsized } = task;
    expect(costs({ launches: [{ ...unsized, costUsd: 0.5 }] })).toEqual([['fargate', 0.5, false]]);
    expect(costs({ launches: [{ generation: 1, lane: 'fargate', spot: false }] })).toEqual([['fargate', 0, false]]);
    expect(costs({ launches: [{ generation: 1, lane: 'light', spot: false, seconds: 3 }] })).toEqual([
      ['worker', 0, false],
    ]);
  });

  test('is waste if the launch failed, or the run did not deliver', () => {
    const failed = { ...task, failureType: 'TaskFailed' } as const;
    expect(costs({ launches: [failed, task] })).toEqual([
      ['fargate', 0.04937, true],
      ['fargate', 0.04937, false],
    ]);
    expect(costs({ delivered: false })).toEqual([['fargate', 0.04937, true]]);
  });

  test('is waste for a shard that was converted again', () => {
    const shards = ['1/2', '2/2', '1/2'].map((shard) => ({ ...task, shard }));
    expect(costs({ launches: shards }).map(([, , isWaste]) => isWaste)).toEqual([true, false, false]);
  });

  test('of launches that the record does not list is what remains of the recorded total', () => {
    expect(costs({ launches: [{ ...task, costUsd: 0.04 }], costUsd: 0.1 })).toEqual([
      ['fargate', 0.04937, false],
      ['fargate', 0.06, false],
    ]);
  });
});

describe('a report', () => {
  const runs = [
    record({ estimateUsd: 0.05 }),
    record({ day: '2026-11-02', delivered: false, estimateUsd: 0.01, launches: [{ ...task, failureType: 'BadData' }] }),
    record({ dataset: 'altas', launches: [lambda] }),
    record({
      dataset: 'altas',
      estimateUsd: 0.02,
      launches: [{ ...task, spot: true, failureType: 'SpotInterruption' }, task],
    }),
    record({ dataset: 'altas', launches: [] }),
  ];

  test('groups by dataset, with estimate, actual cost, difference and waste', () => {
    const { rows, total } = costReport(runs, 'dataset', listPrices);
    expect(rows).toEqual([
      {
        key: 'altas',
        runs: 3,
        launches: 3,
        estimateUsd: 0.02,
        // 0.001 + 0.014811 + 0.04937
        actualUsd: 0.065181,
        // 0.064181 - 0.02, of the run with an estimate
        differenceUsd: 0.044181,
        wasteUsd: 0.014811,
        withoutEstimate: 2,
      },
      {
        key: 'ventas',
        runs: 2,
        launches: 2,
        estimateUsd: 0.06,
        actualUsd: 0.09874,
        differenceUsd: 0.03874,
        wasteUsd: 0.04937,
        withoutEstimate: 0,
      },
    ]);
    expect(total).toMatchObject({ key: 'total', runs: 5, launches: 5, actualUsd: 0.163921, wasteUsd: 0.064181 });
  });

  test('groups by day', () => {
    const { rows } = costReport(runs, 'day', listPrices);
    expect(rows.map(({ key, runs: count }) => [key, count])).toEqual([
      ['2026-11-01', 4],
      ['2026-11-02', 1],
    ]);
  });

  test('groups by run, with all runs of a workflow ID in one row', () => {
    const { rows } = costReport([record(), record({ id: 'etl/altas/2026-11-01/a' }), record()], 'run', listPrices);
    expect(rows.map(({ key, runs: count, actualUsd }) => [key, count, actualUsd])).toEqual([
      ['etl/altas/2026-11-01/a', 1, 0.04937],
      ['etl/ventas/2026-11-01/v', 2, 0.09874],
    ]);
  });

  test('groups launches by lane, and counts a run where its first launch was', () => {
    const { rows, total } = costReport(runs, 'lane', listPrices);
    expect(rows.map(({ key, runs: count, launches, actualUsd }) => [key, count, launches, actualUsd])).toEqual([
      ['fargate', 2, 3, 0.14811],
      ['fargate-spot', 1, 1, 0.014811],
      ['lambda', 1, 1, 0.001],
      ['none', 1, 0, 0],
    ]);
    expect(total).toMatchObject({ runs: 5, actualUsd: 0.163921, estimateUsd: 0.08 });
  });

  test('has the same total and difference in every grouping', () => {
    const [one, ...others] = (['dataset', 'lane', 'day', 'run'] as const).map(
      (by) => costReport(runs, by, listPrices).total,
    );
    for (const other of others) expect(other).toEqual(one);
  });

  test('has an empty total without runs', () => {
    expect(costReport([], 'day', listPrices)).toMatchObject({ rows: [], total: { runs: 0, actualUsd: 0 } });
  });
});
