import type { EndpointHooks } from '../http/hooks';
import { createFaults } from './faults';
import { withFaults } from './onCalls';
import { clockSkew } from './onClock';
import { arrangeFaults } from './onTasks';
import type { FaultPlan } from './plan';
import { createFaultsRoute } from './route';

/** Makes an endpoint inject faults: those of `plan` from the start, and those that arrive at its route `/faults`. */
export function faultHooks(plan?: FaultPlan): EndpointHooks {
  const faults = createFaults(Date.now, plan);
  return {
    routes: [createFaultsRoute(faults)],
    arrange: (record) => arrangeFaults(faults, record),
    around: (handle, tasks, closing) => withFaults(handle, faults, tasks, closing),
    clockSkew: (tasks) => clockSkew(faults, tasks),
  };
}
