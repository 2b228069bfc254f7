import type { RunOutcome } from './runView';

/** Outcomes of closed runs by Temporal's name of their status. */
const outcomes: Readonly<Record<string, RunOutcome>> = {
  COMPLETED: 'delivered',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timedOut',
};

/** Reason of a run that ended without saying why. */
export const silentEnds: Partial<Record<RunOutcome, string>> = {
  terminated: 'the run was terminated: it sent no alert, and its task may still be running',
  timedOut: 'the workflow reached the timeout of its execution',
  cancelled: 'the run was cancelled',
};

/** Types of ends that Temporal itself causes. */
export const silentTypes: Partial<Record<RunOutcome, string>> = {
  terminated: 'Terminated',
  timedOut: 'TimedOut',
  cancelled: 'Cancelled',
};

/** Returns the outcome of a closed run by Temporal's name of its status. */
export const outcomeOf = (status: string): RunOutcome => outcomes[status] ?? 'failed';
