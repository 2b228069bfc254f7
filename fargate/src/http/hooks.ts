import type { TaskStore } from '../state/taskStore';
import type { Context } from './context';
import type { Handle } from './handle';
import type { ClockSkew, Route } from './server';

/** What may be inserted into the endpoint's work, for instance by the faults. */
export interface EndpointHooks {
  /** Routes outside ECS's protocol. */
  readonly routes: readonly Route[];
  readonly arrange: Context['arrange'];
  /** Wraps the handling of calls. `closing` aborts when the endpoint closes. */
  around(handle: Handle, tasks: Pick<TaskStore, 'read'>, closing: AbortSignal): Handle;
  /** Returns the clock skew of a response. */
  clockSkew(tasks: Pick<TaskStore, 'read'>): ClockSkew;
}

/** An endpoint that does only what ECS does. */
export const noHooks: EndpointHooks = {
  routes: [],
  arrange: (record) => record,
  around: (handle) => handle,
  clockSkew: () => async () => 0,
};
