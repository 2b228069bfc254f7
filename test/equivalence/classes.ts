import type { Budgets } from '@etl/pipeline/budgets';
import type { BudgetName } from '@etl/pipeline/failures';
import { budgetOf, type FailureType } from '@etl/pipeline/failures';
import { failureOf } from '@etl/pipeline/taskEnd';
import { nth, type Scenario } from './scenarios';
import type { Trace } from './trace';
import { type LaunchEnd, launchEnds } from './world';

/** What the workflow calls a launch that ends so; undefined for one that is done. */
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

/** The budget that launch `number` (1, 2, …) of a scenario is paid from; that of a missing commit where it is done. */
export function classOf(scenario: Scenario, number: number): BudgetName | 'none' {
  return budgetOf(failureTypeOf(launchEnds[nth(scenario.launches, number)]) ?? 'CommitMissing');
}

/** The waits between launches, in order, wherever in the trace they are. */
export const launchWaits = ({ stages }: Trace): number[] =>
  stages
    .filter(({ stage }) => stage === 'transform')
    .flatMap(({ before, waits }, index) => (index === 0 ? waits : [before, ...waits]));

/** Waits that are not what the budgets say, jitter included. */
export function oddLaunchWaits(scenario: Scenario, trace: Trace, budgets: Budgets): string[] {
  const spent = new Map<string, number>();
  return launchWaits(trace).flatMap((wait, index) => {
    const name = classOf(scenario, index + 1);
    if (name === 'none') return [`launch ${index + 2} follows one that is never tried again`];
    const { intervalSeconds, backoffRate, maxIntervalSeconds, jitter } = budgets[name];
    const before = spent.get(name) ?? 0;
    spent.set(name, before + 1);
    const least = Math.min(intervalSeconds * backoffRate ** before, maxIntervalSeconds);
    // A timer has milliseconds.
    const fits = wait >= least - 0.001 && wait <= least * (1 + jitter) + 0.001;
    return fits ? [] : [`${wait} s before launch ${index + 2}, which is paid from ${name}: ${least} s`];
  });
}
