import { nextMemorySize, type TaskSize } from '@etl/ecs/sizes';
import type { BudgetName } from './failures';
import { budgetOf, type FailureType } from './failures';

/** How many new launches a class of failures may cost a run, and at which pace. */
export interface Budget {
  readonly maxRetries: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxIntervalSeconds: number;
  /** At most this share is added to a wait, at random, so that what failed together does not come back together. */
  readonly jitter: number;
}

export interface Budgets extends Readonly<Record<BudgetName, Budget>> {
  /** So many Spot losses (interruptions, or no Spot capacity), then on demand. */
  readonly spotLossesBeforeOnDemand: number;
  /** A task that ran out of memory is not made larger than this. */
  readonly maxMemoryMiB: number;
}

/** What a launch was made with, and what came of it. */
export interface FailedLaunch {
  readonly failureType: FailureType;
  readonly spot: boolean;
  /** As ECS gave it; unknown for a task that was never there. */
  readonly size?: TaskSize;
}

export type NextLaunch =
  | { readonly again: true; readonly delaySeconds: number; readonly spot: boolean; readonly size?: TaskSize }
  | { readonly again: false; readonly why: string };

/**
 * What follows the last of these failed launches: the next one, when and with what, or why there is none. `random` is
 * from 0 to 1. Each budget counts its own failures only: a night of full Spot capacity costs no application retry.
 */
export function nextLaunch(
  budgets: Budgets,
  asked: { readonly spot: boolean; readonly size?: TaskSize },
  failed: readonly FailedLaunch[],
  random: number,
): NextLaunch {
  const last = failed.at(-1);
  const name = last ? budgetOf(last.failureType) : 'none';
  if (!last || name === 'none') return { again: false, why: 'this failure is not tried again' };
  const spent = failed.filter(({ failureType }) => budgetOf(failureType) === name).length;
  const budget = budgets[name];
  if (spent > budget.maxRetries) {
    const launches = budget.maxRetries === 1 ? '1 new launch' : `${budget.maxRetries} new launches`;
    return { again: false, why: `the ${name} budget of ${launches} is used up` };
  }
  const grown = sizeAfter(budgets, asked, failed);
  if (grown === 'exhausted')
    return { again: false, why: `no task larger than ${budgets.maxMemoryMiB} MiB is asked for` };
  const spotLosses = failed.filter(
    (launch) => launch.spot && ['spot', 'capacity'].includes(budgetOf(launch.failureType)),
  );
  return {
    again: true,
    delaySeconds: waitSeconds(budget, spent, random),
    spot: asked.spot && spotLosses.length < budgets.spotLossesBeforeOnDemand,
    ...(grown && { size: grown }),
  };
}

/** Seconds to wait before new launch number `retry` (1, 2, …) of a budget. */
function waitSeconds(budget: Budget, retry: number, random: number): number {
  const wait = Math.min(budget.intervalSeconds * budget.backoffRate ** (retry - 1), budget.maxIntervalSeconds);
  return wait * (1 + budget.jitter * random);
}

/** A task that ran out of memory stays larger for the rest of the run. */
function sizeAfter(
  budgets: Budgets,
  asked: { readonly size?: TaskSize },
  failed: readonly FailedLaunch[],
): TaskSize | undefined | 'exhausted' {
  let size = asked.size;
  for (const launch of failed) {
    if (launch.failureType !== 'OutOfMemory') continue;
    const current = launch.size ?? size;
    // Nobody knows the size: the task definition's is used again.
    if (!current) continue;
    const next = nextMemorySize(current, budgets.maxMemoryMiB);
    if (!next) return 'exhausted';
    size = next;
  }
  return size;
}
