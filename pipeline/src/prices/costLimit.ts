import type { TaskSize } from '@etl/ecs/sizes';
import type { ContainerMode } from '../container';
import type { Launch } from '../launches';
import type { BilledSeconds, CostLimit, Plan } from '../plan';
import { roundUsd } from './roundUsd';
import { taskCostUsd } from './tasks';

/** The next launch of a run. */
export interface NextLaunch {
  readonly generation: number;
  readonly lane?: 'light';
  readonly spot: boolean;
  readonly size?: TaskSize;
  /** @default the whole conversion */
  readonly mode?: ContainerMode;
}

type Limited = Pick<Plan, 'compute' | 'prices' | 'costLimit'>;

/**
 * Returns why a launch exceeds the cost limit; undefined if it does not, or if there is no limit. Adds the cost of the
 * earlier launches, the estimate of this launch, and the estimates of the launches that must follow it.
 */
export function costProblem(plan: Limited, earlier: readonly Launch[], next: NextLaunch): string | undefined {
  const { costLimit } = plan;
  if (!costLimit) return undefined;
  const spent = spentUsd(plan, costLimit, earlier);
  const needed = roundUsd(remainingUsd(plan, costLimit, next));
  if (roundUsd(spent + needed) <= costLimit.maxUsd) return undefined;
  const what = next.mode?.kind === 'index' ? 'the launches that convert the file' : `launch ${next.generation}`;
  const [who, limit] =
    next.mode?.kind === 'shard' ? ['the shard', 'its share of compute.maxCostUsd'] : ['the run', 'compute.maxCostUsd'];
  return (
    `${who} has spent ${usd(spent)}, and ${what} would cost about ${usd(needed)}, which together exceeds ${limit}, ` +
    `${usd(costLimit.maxUsd)}: raise compute.maxCostUsd, or fix the cause of the relaunches`
  );
}

/**
 * Returns the plan of a shard. Its limit is an equal share of the limit of the run, less the cost of the earlier launches
 * and of the commit. Shards run at the same time, and none of them knows the costs of the others.
 */
export function planOfShard(plan: Plan, earlier: readonly Launch[]): Plan {
  const { costLimit, compute } = plan;
  if (!costLimit) return plan;
  const left = costLimit.maxUsd - spentUsd(plan, costLimit, earlier) - taskUsd(plan, costLimit, compute, 'commit');
  return { ...plan, costLimit: { ...costLimit, maxUsd: Math.max(0, left / (compute.shards ?? 1)) } };
}

/** Returns the cost of launches. Uses the estimate for a launch whose size or times are unknown. */
function spentUsd(plan: Limited, limit: CostLimit, launches: readonly Launch[]): number {
  return roundUsd(launches.reduce((sum, launch) => sum + (launch.costUsd ?? unknownUsd(plan, limit, launch)), 0));
}

function unknownUsd(plan: Limited, limit: CostLimit, { lane, taskArn, spot, size, purpose }: Launch): number {
  if (lane === 'light') return limit.lightUsd;
  return taskArn === undefined ? 0 : taskUsd(plan, limit, { spot, ...(size && { size }) }, purpose ?? 'convert');
}

/** Returns the estimate of a launch. For an index, includes the shards and the commit, which must follow it. */
function remainingUsd(plan: Limited, limit: CostLimit, next: NextLaunch): number {
  if (next.lane === 'light') return limit.lightUsd;
  const of = (purpose: keyof BilledSeconds) => taskUsd(plan, limit, next, purpose);
  if (next.mode?.kind === 'index') return of('index') + (plan.compute.shards ?? 1) * of('convert') + of('commit');
  return of(next.mode?.kind === 'commit' ? 'commit' : 'convert');
}

function taskUsd(
  { compute, prices }: Limited,
  limit: CostLimit,
  { spot, size }: { readonly spot: boolean; readonly size?: TaskSize },
  purpose: keyof BilledSeconds,
): number {
  const { ephemeralStorageGiB } = compute;
  const storage = ephemeralStorageGiB === undefined ? {} : { ephemeralStorageGiB };
  const seconds = limit.seconds[purpose];
  return taskCostUsd({ size: size ?? compute.size ?? limit.size, spot, seconds, ...storage }, prices);
}

/** Formats an amount with four decimals, or below $0.01 with four significant digits, without trailing zeros. */
const usd = (dollars: number): string =>
  `$${dollars < 0.01 ? dollars.toLocaleString('en-US', { maximumSignificantDigits: 4 }) : Number(dollars.toFixed(4))}`;
