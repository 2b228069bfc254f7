import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachine } from '../../definition/types';
import { callNameOf } from '../machine/calls';
import { stageOf } from '../machine/steps';
import type { StepRun } from '../side';

/** One attempt of a state to call a service. Times are in milliseconds since the epoch. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Name of the error of a failed attempt. */
  readonly error?: string;
}

/** A state that was entered, with its attempts. */
export interface Visit {
  readonly state: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attempts: readonly Attempt[];
}

/** Types of events that end an attempt. @see AWS Step Functions API Reference, HistoryEvent */
const endsAttempt = new Set(['TaskSucceeded', 'TaskFailed', 'TaskTimedOut', 'TaskStartFailed', 'TaskSubmitFailed']);

/**
 * Returns the states of an ended execution, in order. Assumes a machine without parallel branches, which is in one
 * state at a time.
 */
export function visitsIn(events: readonly HistoryEvent[]): Visit[] {
  const visits: { state: string; startedAt: number; endedAt: number; attempts: Attempt[] }[] = [];
  let begun: number | undefined;
  for (const event of events) {
    const { type = '', timestamp, stateEnteredEventDetails: entered } = event;
    const at = timestamp?.getTime() ?? 0;
    if (entered) visits.push({ state: entered.name ?? '', startedAt: at, endedAt: at, attempts: [] });
    const visit = visits.at(-1);
    if (!visit) continue;
    visit.endedAt = at;
    if (type === 'TaskScheduled') begun = at;
    if (begun !== undefined && endsAttempt.has(type)) {
      const error = errorOf(event);
      visit.attempts.push({ startedAt: begun, endedAt: at, ...(error !== undefined && { error }) });
      begun = undefined;
    }
  }
  return visits;
}

function errorOf(event: HistoryEvent): string | undefined {
  const {
    taskFailedEventDetails,
    taskTimedOutEventDetails,
    taskStartFailedEventDetails,
    taskSubmitFailedEventDetails,
  } = event;
  const details =
    taskFailedEventDetails ?? taskTimedOutEventDetails ?? taskStartFailedEventDetails ?? taskSubmitFailedEventDetails;
  return details?.error;
}

/** Converts visits to steps, named by stage where a state has one. */
export function stepsOf(visits: readonly Visit[]): StepRun[] {
  return visits.map(({ state, startedAt, endedAt, attempts }) => {
    const error = attempts.findLast((attempt) => attempt.error !== undefined)?.error;
    return {
      name: stageOf(state),
      startedAt,
      endedAt,
      attempts: Math.max(1, attempts.length),
      waits: attempts.slice(1).map((attempt, before) => (attempt.startedAt - (attempts[before]?.endedAt ?? 0)) / 1000),
      ...(error !== undefined && { error }),
    };
  });
}

/** Returns the billed state transitions of a Standard workflow: states entered, and retries. */
export function transitionsOf(visits: readonly Visit[]): number {
  return visits.reduce((sum, { attempts }) => sum + Math.max(1, attempts.length), 0);
}

/**
 * Counts the calls that Step Functions made, by names such as `lambda:Invoke`. A history does not contain the calls
 * that detect a task's end.
 */
export function callsOf(visits: readonly Visit[], { States }: StateMachine): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state, attempts } of visits) {
    const each = States[state];
    if (each?.Type !== 'Task') continue;
    const name = callNameOf(each.Resource);
    counts[name] = (counts[name] ?? 0) + attempts.length;
  }
  return counts;
}
