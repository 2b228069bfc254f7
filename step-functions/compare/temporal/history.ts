import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** A history as the client fetches it. */
export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];

/** One execution of an activity, with all its attempts. Times are in milliseconds since the epoch. */
export interface ActivityRun {
  readonly type: string;
  readonly input: unknown;
  readonly scheduledAt: number;
  readonly endedAt: number;
  readonly attempts: number;
  /**
   * Seconds between consecutive attempts, computed from the retry policy, because history contains only the last
   * attempt.
   */
  readonly waits: readonly number[];
  /** Error of the last attempt. */
  readonly error?: string;
  readonly heartbeatSeconds?: number;
  /** Duration of the last attempt, in seconds. */
  readonly ranSeconds: number;
  /** Duration in seconds of the workflow's sleep that ended just before. */
  readonly sleptSeconds?: number;
}

/** Returns the activities of a history, in the order they were scheduled. */
export function activityRuns(history: History): ActivityRun[] {
  const events = history.events ?? [];
  const closedAt = timeOf(events.at(-1));
  const runs: ActivityRun[] = [];
  let slept: number | undefined;
  const timers = new Map<string, number>();
  for (const event of events) {
    const timer = event.timerStartedEventAttributes;
    if (timer) timers.set(timer.timerId ?? '', seconds(timer.startToFireTimeout));
    const fired = event.timerFiredEventAttributes;
    if (fired) slept = timers.get(fired.timerId ?? '');
    if (!event.activityTaskScheduledEventAttributes) continue;
    const run = activityRun(event, events, closedAt);
    runs.push({ ...run, ...(slept !== undefined && { sleptSeconds: slept }) });
    slept = undefined;
  }
  return runs;
}

function activityRun(scheduled: HistoryEvent, events: readonly HistoryEvent[], closedAt: number): ActivityRun {
  const { activityType, input, retryPolicy, heartbeatTimeout } = scheduled.activityTaskScheduledEventAttributes ?? {};
  const id = String(scheduled.eventId);
  const started = events.find((each) => isOf(each.activityTaskStartedEventAttributes, id));
  const end = events.find(
    (each) =>
      isOf(each.activityTaskCompletedEventAttributes, id) ||
      isOf(each.activityTaskFailedEventAttributes, id) ||
      isOf(each.activityTaskTimedOutEventAttributes, id) ||
      isOf(each.activityTaskCanceledEventAttributes, id),
  );
  const attempts = started?.activityTaskStartedEventAttributes?.attempt ?? 1;
  const endedAt = end ? timeOf(end) : closedAt;
  const heartbeatSeconds = seconds(heartbeatTimeout);
  const error = errorOf(end);
  const [payload] = input?.payloads ?? [];
  return {
    type: activityType?.name ?? '',
    input: payload ? defaultPayloadConverter.fromPayload(payload) : undefined,
    scheduledAt: timeOf(scheduled),
    endedAt,
    attempts,
    waits: retryWaits(attempts, {
      interval: seconds(retryPolicy?.initialInterval),
      backoff: retryPolicy?.backoffCoefficient ?? 1,
      most: seconds(retryPolicy?.maximumInterval),
    }),
    ...(error !== undefined && { error }),
    ...(heartbeatSeconds > 0 && { heartbeatSeconds }),
    ranSeconds: started ? Math.max(0, endedAt - timeOf(started)) / 1000 : 0,
  };
}

const isOf = (attributes: { scheduledEventId?: unknown } | null | undefined, id: string): boolean =>
  attributes !== null && attributes !== undefined && String(attributes.scheduledEventId) === id;

function retryWaits(attempts: number, policy: { interval: number; backoff: number; most: number }): number[] {
  const { interval, backoff, most } = policy;
  return Array.from({ length: attempts - 1 }, (_, retry) => Math.min(interval * backoff ** retry, most || Infinity));
}

function errorOf(end: HistoryEvent | undefined): string | undefined {
  const failure = end?.activityTaskFailedEventAttributes?.failure ?? end?.activityTaskTimedOutEventAttributes?.failure;
  if (!failure) return undefined;
  return failure.applicationFailureInfo?.type || (failure.timeoutFailureInfo ? 'Timeout' : (failure.message ?? ''));
}

/** Returns the time of an event in milliseconds since the epoch. */
export function timeOf(event: HistoryEvent | undefined): number {
  return 1000 * seconds(event?.eventTime);
}

/** Converts a duration or time of the protocol to seconds; 0 for a missing one. */
function seconds(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return time ? Number(String(time.seconds ?? 0)) + (time.nanos ?? 0) / 1e9 : 0;
}
