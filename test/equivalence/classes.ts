import type { Budgets } from '@etl/pipeline/budgets';
import { failureOf } from '@etl/pipeline/failures/classify';
import type { BudgetName } from '@etl/pipeline/failures/table';
import { budgetOf, type FailureType } from '@etl/pipeline/failures/table';
import { nth, type Scenario } from './scenarios';
import type { Trace } from './trace';
import { type LaunchEnd, launchEnds } from './world';

/** Returns the workflow's failure type for this end of a launch; undefined for a successful one. */
export function failureTypeOf(end: LaunchEnd): FailureType | undefined {
  switch (end.kind) {
    case 'stopped':
      return failureOf({ taskArn: '', status: 'stopped', logTail: [], ...end });
    case 'refused':
      return end.cause === 'capacity' ? 'CapacityUnavailable' : 'LaunchRefused';
    case 'unanswered':
      return 'LaunchUnanswered';
    case 'throttled':
      return 'Throttled';
    case 'impossible':
      return 'BadConfiguration';
    case 'running':
      return 'Timeout';
    case 'pending':
      return 'StartTimeout';
  }
}

/**
 * Returns the budget that launch `number` (1, 2, …) of a scenario uses; that of a missing commit if the launch
 * succeeds.
 */
export function classOf(scenario: Scenario, number: number): BudgetName | 'none' {
  return budgetOf(failureTypeOf(launchEnds[nth(scenario.launches, number)]) ?? 'CommitMissing');
}

/** Returns the waits between launches in order, wherever the trace records them. */
export const launchWaits = ({ stages }: Trace): number[] =>
  stages
    .filter(({ stage }) => stage === 'transform')
    .flatMap(({ before, waits }, index) => (index === 0 ? waits : [before, ...waits]));

/** Returns the waits that do not match the budgets, including jitter. */
export function oddLaunchWaits(scenario: Scenario, trace: Trace, budgets: Budgets): string[] {
  const spent = new Map<string, number>();
  return launchWaits(trace).flatMap((wait, index) => {
    const name = classOf(scenario, index + 1);
    if (name === 'none') return [`launch ${index + 2} follows one that is never tried again`];
    const { intervalSeconds, backoffRate, maxIntervalSeconds, jitter } = budgets[name];
    const before = spent.get(name) ?? 0;
    spent.set(name, before + 1);
    const least = Math.min(intervalSeconds * backoffRate ** before, maxIntervalSeconds);
    // A timer has a resolution of one millisecond.
    const fits = wait >= least - 0.001 && wait <= least * (1 + jitter) + 0.001;
    return fits ? [] : [`${wait} s before launch ${index + 2}, which is paid from ${name}: ${least} s`];
  });
}
