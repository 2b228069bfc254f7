import { budgets, steps, transform } from './definition';
import type { Plan, Timings } from './plan';

/**
 * Returns the plan with the fields that plans of earlier versions lack: runs are in flight when a new version is
 * deployed.
 */
export function completePlan(plan: Plan): Plan {
  const known: Partial<Timings> = plan.timings;
  const { heartbeatSeconds } = steps.awaitTask;
  const { timeoutSeconds, startTimeoutSeconds, approvalSeconds } = transform;
  return {
    ...plan,
    timings: { timeoutSeconds, startTimeoutSeconds, heartbeatSeconds, approvalSeconds, ...known },
    budgets: plan.budgets ?? budgets,
  };
}
