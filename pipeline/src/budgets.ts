import { nextMemorySize, type TaskSize } from '@etl/ecs/sizes';
import type { BudgetName } from './failures/table';
import { budgetOf, type FailureType } from './failures/table';

/** Number and pace of the relaunches that a run may spend on one class of failures. */
export interface Budget {
  readonly maxRetries: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxIntervalSeconds: number;
  /** Maximum random share added to a wait, so that tasks that failed together do not restart together. */
  readonly jitter: number;
}

export interface Budgets extends Readonly<Record<BudgetName, Budget>> {
  /** Budget of each sink. Absent in plans of earlier versions. */
  readonly sinks?: Budget;
  /** Number of Spot losses (interruptions, or missing Spot capacity) before a run switches to on-demand capacity. */
  readonly spotLossesBeforeOnDemand: number;
  /** Upper limit for the memory of a task that is relaunched after it ran out of memory. */
  readonly maxMemoryMiB: number;
}

/** Parameters and outcome of a failed launch. */
export interface FailedLaunch {
  readonly failureType: FailureType;
  readonly spot: boolean;
  /** Size reported by ECS; absent for a task that never existed. */
  readonly size?: TaskSize;
}

export type NextLaunch =
  | { readonly again: true; readonly delaySeconds: number; readonly spot: boolean; readonly size?: TaskSize }
  | { readonly again: false; readonly why: string };

/**
 * Returns the next launch after the last of these failed launches, with its delay and parameters, or why there is none.
 * `random` is from 0 to 1. Each budget counts only its own failures: a night without Spot capacity costs no application
 * retry.
 */
export function nextLaunch(
  budgets: Budgets,
  requested: { readonly spot: boolean; readonly size?: TaskSize },
  failed: readonly FailedLaunch[],
  random: number,
): NextLaunch {
  const last = failed.at(-1);
  const name = last ? budgetOf(last.failureType) : 'none';
  if (!last || name === 'none') return { again: false, why: 'this failure is not retried' };
  const spent = failed.filter(({ failureType }) => budgetOf(failureType) === name).length;
  const budget = budgets[name];
  if (spent > budget.maxRetries) {
    const launches = budget.maxRetries === 1 ? '1 relaunch' : `${budget.maxRetries} relaunches`;
    return { again: false, why: `the ${name} budget of ${launches} is exhausted` };
  }
  const grown = sizeAfter(budgets, requested, failed);
  if (grown === 'exhausted')
    return { again: false, why: `the limit of ${budgets.maxMemoryMiB} MiB of memory per task is reached` };
  const spotLosses = failed.filter(
    (launch) => launch.spot && ['spot', 'capacity'].includes(budgetOf(launch.failureType)),
  );
  return {
    again: true,
    delaySeconds: waitSeconds(budget, spent, random),
    spot: requested.spot && spotLosses.length < budgets.spotLossesBeforeOnDemand,
    ...(grown && { size: grown }),
  };
}

/** Returns the seconds to wait before retry number `retry` (1, 2, …) of a budget. */
export function waitSeconds(budget: Budget, retry: number, random: number): number {
  const wait = Math.min(budget.intervalSeconds * budget.backoffRate ** (retry - 1), budget.maxIntervalSeconds);
  return wait * (1 + budget.jitter * random);
}

/** A task that ran out of memory keeps the larger size for the rest of the run. */
function sizeAfter(
  budgets: Budgets,
  requested: { readonly size?: TaskSize },
  failed: readonly FailedLaunch[],
): TaskSize | undefined | 'exhausted' {
  let size = requested.size;
  for (const launch of failed) {
    if (launch.failureType !== 'OutOfMemory') continue;
    const current = launch.size ?? size;
    // The size is unknown: use the task definition's again.
    if (!current) continue;
    const next = nextMemorySize(current, budgets.maxMemoryMiB);
    if (!next) return 'exhausted';
    size = next;
  }
  return size;
}
