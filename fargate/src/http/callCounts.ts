import type { Handle } from './handle';
import type { Route } from './server';

/** Counts the calls of each operation by name, whatever their outcome. */
export function createCallCounts() {
  const counts = new Map<string, number>();
  const counted =
    (handle: Handle): Handle =>
    (operation, input) => {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      return handle(operation, input);
    };
  /** Answers `GET /calls`. */
  const route: Route = async ({ method, path }) =>
    path === '/calls' && method === 'GET'
      ? { status: 200, body: `${JSON.stringify(Object.fromEntries(counts))}\n`, type: 'application/json' }
      : undefined;
  return { counted, route };
}
