import type { Launch } from '../launches';
import { roundUsd } from '../prices/roundUsd';
import type { RunPrices } from '../prices/table';
import { lambdaUsd, taskCostUsd } from '../prices/tasks';

/** Record of a run, from its memo or from a commit. */
export interface RunRecord {
  /** Workflow ID. For a commit: the URI of its source. */
  readonly id: string;
  readonly dataset: string;
  /** Day on which the run started, UTC: `YYYY-MM-DD`. For a commit: its batch date. */
  readonly day: string;
  /** Whether the run published data, or found it published. */
  readonly delivered: boolean;
  /** The last launches of the run, at most 20. */
  readonly launches: readonly Launch[];
  /** Recorded cost of all launches, with the prices of the run; absent if unknown. */
  readonly costUsd?: number;
  /** Estimate of the run before its first launch. */
  readonly estimateUsd?: number;
}

/** Where a launch ran. `worker`: in a process of the worker, without a cost of its own. */
export type CostLane = 'fargate' | 'fargate-spot' | 'lambda' | 'worker';

/** Cost of one launch, in US dollars. */
export interface LaunchCost {
  readonly lane: CostLane;
  readonly usd: number;
  /** Whether the launch is waste: it did not contribute to delivered data. */
  readonly isWaste: boolean;
  /** False for the total cost of the launches that the record does not list. */
  readonly isListed: boolean;
}

/**
 * Returns the cost of each launch of a run, calculated from its size, duration and capacity with these prices. A launch
 * whose record lacks one of them has its recorded cost. Failed launches, shards that were converted again later, and all
 * launches of a run that did not deliver are waste.
 */
export function launchCosts({ launches, costUsd, delivered }: RunRecord, prices: RunPrices): readonly LaunchCost[] {
  const listed = launches.map((launch, index) => ({
    lane: laneOf(launch),
    usd: roundUsd(usdOf(launch, prices)),
    isWaste: !delivered || launch.failureType !== undefined || isRepeated(launches, index),
    isListed: true,
  }));
  const recorded = launches.reduce((sum, launch) => sum + (launch.costUsd ?? 0), 0);
  const others = roundUsd(Math.max(0, (costUsd ?? 0) - recorded));
  const [first] = listed;
  if (others === 0 || !first) return listed;
  return [...listed, { lane: first.lane, usd: others, isWaste: !delivered, isListed: false }];
}

function laneOf({ lane, spot, costUsd, memoryMiB }: Launch): CostLane {
  if (lane === 'fargate') return spot ? 'fargate-spot' : 'fargate';
  return costUsd !== undefined || memoryMiB !== undefined ? 'lambda' : 'worker';
}

function usdOf(launch: Launch, prices: RunPrices): number {
  const { lane, size, seconds, spot, ephemeralStorageGiB, memoryMiB, costUsd = 0 } = launch;
  if (seconds === undefined) return costUsd;
  if (lane === 'light') return memoryMiB === undefined ? costUsd : lambdaUsd({ seconds, memoryMiB }, prices);
  const storage = ephemeralStorageGiB === undefined ? {} : { ephemeralStorageGiB };
  return size ? taskCostUsd({ size, seconds, spot, ...storage }, prices) : costUsd;
}

/** Returns whether a later launch did the same work: a shard that was converted again with a wider schema. */
function isRepeated(launches: readonly Launch[], index: number): boolean {
  const shard = launches[index]?.shard;
  return (
    shard !== undefined &&
    launches.slice(index + 1).some((later) => later.shard === shard && later.failureType === undefined)
  );
}
