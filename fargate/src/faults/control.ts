import type { FaultStatus } from './faults';
import type { FaultPlan } from './plan';

/** A plan as an operator writes it: keys with defaults may be omitted. */
export interface FaultPlanInput {
  readonly seed?: number;
  readonly rules: readonly ({ readonly fault: string } & Readonly<Record<string, unknown>>)[];
}

/**
 * Puts a plan in force at a running endpoint.
 * @throws Error with the endpoint's message if the plan is invalid
 */
export const putFaults = (endpoint: string, plan: FaultPlan | FaultPlanInput): Promise<FaultStatus> =>
  request(endpoint, { method: 'PUT', body: JSON.stringify(plan) });

/** Switches all faults off. */
export const deleteFaults = (endpoint: string): Promise<FaultStatus> => request(endpoint, { method: 'DELETE' });

/** Returns the plan and the faults injected so far. */
export const getFaults = (endpoint: string): Promise<FaultStatus> => request(endpoint, { method: 'GET' });

async function request(endpoint: string, init: RequestInit): Promise<FaultStatus> {
  const response = await fetch(`${endpoint}/faults`, init);
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as FaultStatus;
}
