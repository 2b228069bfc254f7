import type { FaultStatus } from './faults';
import type { FaultPlan } from './plan';

/** A plan as one writes it: with the defaults left out. */
export interface FaultPlanInput {
  readonly seed?: number;
  readonly rules: readonly ({ readonly fault: string } & Readonly<Record<string, unknown>>)[];
}

/** Puts the plan in force at a running endpoint. Throws with the endpoint's words for a plan that is none. */
export const putFaults = (endpoint: string, plan: FaultPlan | FaultPlanInput): Promise<FaultStatus> =>
  request(endpoint, { method: 'PUT', body: JSON.stringify(plan) });

/** Switches all faults off. */
export const deleteFaults = (endpoint: string): Promise<FaultStatus> => request(endpoint, { method: 'DELETE' });

/** The plan, and what it has done so far. */
export const getFaults = (endpoint: string): Promise<FaultStatus> => request(endpoint, { method: 'GET' });

async function request(endpoint: string, init: RequestInit): Promise<FaultStatus> {
  const response = await fetch(`${endpoint}/faults`, init);
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as FaultStatus;
}
