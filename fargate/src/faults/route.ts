import type { PlainResponse } from '../api/wire';
import type { Route } from '../http/server';
import type { Faults } from './faults';
import { FaultPlanError, parseFaultPlan } from './plan';

/** Serves GET, PUT and DELETE of `/faults`. Each returns the resulting status. */
export function createFaultsRoute(faults: Faults): Route {
  const status = (): PlainResponse => ({
    status: 200,
    body: `${JSON.stringify(faults.status(), null, 2)}\n`,
    type: 'application/json',
  });
  return async ({ method, path, body }) => {
    if (path !== '/faults') return undefined;
    if (method === 'GET') return status();
    if (method === 'PUT') return put(faults, body) ?? status();
    if (method === 'DELETE') {
      faults.off();
      return status();
    }
    return refusal(405, '/faults takes GET, PUT and DELETE');
  };
}

function put(faults: Faults, body: string): PlainResponse | undefined {
  try {
    faults.replace(parseFaultPlan(parseJson(body)));
    return undefined;
  } catch (error) {
    if (error instanceof FaultPlanError) return refusal(400, error.message);
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FaultPlanError('fault plan: invalid JSON');
  }
}

const refusal = (status: number, line: string): PlainResponse => ({ status, body: `${line}\n`, type: 'text/plain' });
