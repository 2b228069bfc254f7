import type { Handle } from './handle';
import type { Route } from './server';

/** How often each operation was asked for, by name, whatever the answer. */
export function createCallCounts() {
  const counts = new Map<string, number>();
  const counted =
    (handle: Handle): Handle =>
    (operation, input) => {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      return handle(operation, input);
    };
  /** GET of `/calls`. */
  const route: Route = async ({ method, path }) =>
    path === '/calls' && method === 'GET'
      ? { status: 200, body: `${JSON.stringify(Object.fromEntries(counts))}\n`, type: 'application/json' }
      : undefined;
  return { counted, route };
}
