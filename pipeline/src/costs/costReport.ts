import { roundUsd } from '../prices/roundUsd';
import type { RunPrices } from '../prices/table';
import { type CostLane, type LaunchCost, launchCosts, type RunRecord } from './runCost';

/** Grouping of costs. `day`: the day of the record, in UTC. */
export type CostGroup = 'dataset' | 'lane' | 'day' | 'run';

/** Costs of a group, in US dollars. */
export interface CostRow {
  readonly key: string;
  readonly runs: number;
  readonly launches: number;
  /** Sum of the estimates of the runs that have one. */
  readonly estimateUsd: number;
  readonly actualUsd: number;
  /**
   * Actual minus estimated cost of the runs that have an estimate. By lane, the whole estimate of a run belongs to the lane
   * of its first launch.
   */
  readonly differenceUsd: number;
  /** Actual cost of launches that did not contribute to delivered data. */
  readonly wasteUsd: number;
  /** Number of runs without an estimate. */
  readonly withoutEstimate: number;
}

export interface CostReport {
  readonly rows: readonly CostRow[];
  readonly total: CostRow;
}

/** The launches of a run that belong to one group. */
interface Share {
  readonly key: string;
  readonly costs: readonly LaunchCost[];
  /** Whether the run has an estimate. */
  readonly isEstimated: boolean;
  /** Present in the group of the first launch only, so that the run counts once. */
  readonly run?: RunRecord;
}

/** Returns the costs of runs by group, in the order of the groups' names. */
export function costReport(runs: readonly RunRecord[], by: CostGroup, prices: RunPrices): CostReport {
  const groups = new Map<string, Share[]>();
  for (const share of runs.flatMap((run) => sharesOf(run, by, prices)))
    groups.set(share.key, [...(groups.get(share.key) ?? []), share]);
  const keys = [...groups.keys()].sort();
  return {
    rows: keys.map((key) => rowOf(key, groups.get(key) ?? [])),
    total: rowOf('total', [...groups.values()].flat()),
  };
}

function sharesOf(run: RunRecord, by: CostGroup, prices: RunPrices): Share[] {
  const costs = launchCosts(run, prices);
  const isEstimated = run.estimateUsd !== undefined;
  if (by !== 'lane') return [{ key: { dataset: run.dataset, day: run.day, run: run.id }[by], costs, isEstimated, run }];
  const lanes: readonly (CostLane | 'none')[] =
    costs.length === 0 ? ['none'] : [...new Set(costs.map(({ lane }) => lane))];
  return lanes.map((lane, index) => ({
    key: lane,
    costs: costs.filter((cost) => cost.lane === lane),
    isEstimated,
    ...(index === 0 && { run }),
  }));
}

function rowOf(key: string, shares: readonly Share[]): CostRow {
  const runs = shares.flatMap(({ run }) => run ?? []);
  const estimateUsd = sum(runs.map((run) => run.estimateUsd ?? 0));
  const estimated = shares.filter(({ isEstimated }) => isEstimated);
  const costs = shares.flatMap((share) => share.costs);
  return {
    key,
    runs: runs.length,
    launches: costs.filter(({ isListed }) => isListed).length,
    estimateUsd: roundUsd(estimateUsd),
    actualUsd: roundUsd(sum(costs.map(({ usd }) => usd))),
    differenceUsd: roundUsd(sum(estimated.flatMap((share) => share.costs.map(({ usd }) => usd))) - estimateUsd),
    wasteUsd: roundUsd(sum(costs.filter(({ isWaste }) => isWaste).map(({ usd }) => usd))),
    withoutEstimate: runs.filter((run) => run.estimateUsd === undefined).length,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
