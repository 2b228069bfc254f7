import type { Interpreter } from './load';

type Events = ReturnType<Interpreter['run']>['eventLogs'];

/** Summarizes an execution from the interpreter's events, until it ends. Times are milliseconds since the epoch. */
export async function readEvents(events: Events) {
  const states: { name: string; enteredAt: number }[] = [];
  const failures: { state: string; error: string; at: number }[] = [];
  let retries = 0;
  for await (const event of events) {
    if (event.type === 'StateEntered') states.push({ name: event.state.name, enteredAt: event.timestamp });
    if (event.type === 'StateFailed') {
      failures.push({ state: event.state.name, error: event.Error, at: event.timestamp });
    }
    if (event.type === 'StateRetried') retries += 1;
  }
  return { states, failures, retries };
}
