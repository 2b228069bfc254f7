import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachine } from '../../../asl/types';
import { callNameOf } from '../machine/calls';
import { stageOf } from '../machine/steps';
import type { StepRun } from '../side';

/** A call of a service that a state made: one a try. Times are milliseconds since the epoch. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
  /** The name of the error it failed with. */
  readonly error?: string;
}

/** A state that was entered, and what it called. */
export interface Visit {
  readonly state: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attempts: readonly Attempt[];
}

/** What ends an attempt. Source: AWS Step Functions API Reference, HistoryEvent. */
const endsAttempt = new Set(['TaskSucceeded', 'TaskFailed', 'TaskTimedOut', 'TaskStartFailed', 'TaskSubmitFailed']);

/** The states of an execution that has ended, in order. Of a machine without parallel branches: one state at a time. */
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

/** The visits as stages where they are some. */
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

/** What Standard workflows are billed by: states entered, and retries. */
export function transitionsOf(visits: readonly Visit[]): number {
  return visits.reduce((sum, { attempts }) => sum + Math.max(1, attempts.length), 0);
}

/** The calls that Step Functions made, as `lambda:Invoke`. What it asks in order to see a task's end is not in a history. */
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
