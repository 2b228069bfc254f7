import type { Stage } from '@etl/pipeline/flow';
import type { Outcome } from '@etl/pipeline/messages/outcome';
import type { temporal } from '@temporalio/proto';
import type { SinkInput } from '../../activities/contract';
import type { Attempted, Seen } from './seen';
import { stageAttempts } from './sinks';
import type { StageTrace } from './trace';

type Event = temporal.api.history.v1.IHistoryEvent;
type Scheduled = temporal.api.history.v1.IActivityTaskScheduledEventAttributes;
type Duration = { seconds?: unknown; nanos?: number | null };

/** Timeouts and retry policy of a stage's call, in seconds. */
export interface Bounds {
  readonly attemptSeconds: number;
  readonly totalSeconds: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxIntervalSeconds: number;
  readonly maximumAttempts: number;
}

export interface ReadHistory {
  readonly stages: readonly StageTrace[];
  readonly bounds: ReadonlyMap<Stage, Bounds>;
  /** Timeout of a generation in seconds: the timer that starts together with its wait. */
  readonly transformSeconds?: number;
  readonly oddWaits: readonly string[];
}

type Draft = { stage: Stage; attempts: string[]; waits: number[]; before: number };

/** The stage of sinks: the applications of each round, and the sleeps before them. */
interface SinkDraft {
  readonly draft: Draft;
  /** By number of the application: the ends of the calls of each sink. */
  readonly rounds: Map<string, string[]>[];
  readonly slept: number[];
  readonly callWaits: number[];
}

/** Reads the stages of a run: requests from its history, outcomes from its activities. */
export function readHistory({ events }: { events?: Event[] | null }, seen: Seen): ReadHistory {
  const stages: Draft[] = [];
  const bounds = new Map<Stage, Bounds>();
  const oddWaits: string[] = [];
  const started = startedTimers(events ?? []);
  const scopes = new Map<string, number>();
  let transformSeconds: number | undefined;
  let slept = 0;
  let sinks: SinkDraft | undefined;
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const fired = event.timerFiredEventAttributes?.timerId ?? '';
    if (fired !== '' && scopes.has(fired)) last(stages).attempts.splice(-1, 1, `timeout ${scopes.get(fired)} s`);
    else if (fired !== '' && sinks && stages.at(-1) === sinks.draft) sinks.slept.push(started.get(fired)?.seconds ?? 0);
    else if (fired !== '') slept += started.get(fired)?.seconds ?? 0;
    if (!scheduled) continue;
    const type = scheduled.activityType?.name ?? '';
    const attempts = seen.attempts.get(scheduled.activityId ?? '') ?? [];
    const ends = attempts.map(({ end }) => end);
    if (type === 'launchTask') {
      const end = ends.at(-1) ?? 'none';
      if (stages.at(-1)?.stage === 'transform') {
        last(stages).attempts.push(end);
        last(stages).waits.push(slept);
      } else stages.push({ stage: 'transform', attempts: [end], waits: [], before: slept });
      slept = 0;
    } else if (type === 'awaitTask') {
      for (const [timer, { seconds, command }] of started) {
        if (command !== String(scheduled.workflowTaskCompletedEventId)) continue;
        scopes.set(timer, seconds);
        transformSeconds = seconds;
      }
      last(stages).attempts.splice(-1, 1, ends.at(-1) ?? 'none');
    } else if (type === 'applySink' || type === 'awaitSink') {
      if (!sinks) {
        sinks = {
          draft: { stage: 'sinks', attempts: [], waits: [], before: slept },
          rounds: [],
          slept: [],
          callWaits: [],
        };
        stages.push(sinks.draft);
        slept = 0;
      }
      const input = seen.inputs.get(scheduled.activityId ?? '') as SinkInput;
      const round = sinks.rounds[input.attempt - 1] ?? new Map<string, string[]>();
      sinks.rounds[input.attempt - 1] = round;
      if (type === 'awaitSink') {
        round.set(input.name, [...(round.get(input.name) ?? []).slice(0, -1), ...ends]);
      } else {
        const asked = boundsOf(scheduled);
        bounds.set('sinks', asked);
        round.set(input.name, ends);
        const waits = ends.slice(1).map((_, index) => waitOf(asked, index));
        oddWaits.push(...oddities('sinks', attempts, waits, seen));
        sinks.callWaits.push(...waits);
      }
    } else if (type !== 'stopTask' && type !== 'findTasks') {
      const stage = stageOf(type, seen.inputs.get(scheduled.activityId ?? ''));
      const asked = boundsOf(scheduled);
      bounds.set(stage, asked);
      const waits = ends.slice(1).map((_, index) => waitOf(asked, index));
      oddWaits.push(...oddities(stage, attempts, waits, seen));
      stages.push({ stage, attempts: ends, waits, before: slept });
      slept = 0;
    }
  }
  if (sinks) finishSinks(sinks);
  return { stages, bounds, oddWaits, ...(transformSeconds !== undefined && { transformSeconds }) };
}

/** Sinks that are applied again in one round sleep together: the longest sleep is that of the round. */
function finishSinks({ draft, rounds, slept, callWaits }: SinkDraft): void {
  draft.attempts.push(...stageAttempts(rounds.map((round) => [...round.values()])));
  draft.waits.push(...callWaits);
  const rest = [...slept];
  for (const round of rounds.slice(1)) draft.waits.push(Math.max(...rest.splice(0, round.size)));
}

const last = (stages: readonly Draft[]): Draft => stages.at(-1) as Draft;

function startedTimers(events: readonly Event[]): Map<string, { seconds: number; command: string }> {
  return new Map(
    events.flatMap(({ timerStartedEventAttributes: timer }) =>
      timer
        ? [
            [
              timer.timerId ?? '',
              { seconds: inSeconds(timer.startToFireTimeout), command: String(timer.workflowTaskCompletedEventId) },
            ] as const,
          ]
        : [],
    ),
  );
}

function stageOf(type: string, input: unknown): Stage {
  if (type === 'validateInput') return 'validate';
  if (type === 'confirmCommit') return 'confirm';
  if (type === 'notify') {
    const { kind } = (input as { outcome: Outcome }).outcome;
    return kind === 'success' ? 'notifySuccess' : kind === 'invalid' ? 'notifyInvalid' : 'notifyFailure';
  }
  if (type !== 'sendToDeadLetters') throw new Error(`${type} belongs to no stage`);
  return (input as { failureType: string }).failureType === 'InvalidInput' ? 'keepInvalid' : 'keepFailed';
}

function boundsOf({ startToCloseTimeout, scheduleToCloseTimeout, retryPolicy }: Scheduled): Bounds {
  return {
    attemptSeconds: inSeconds(startToCloseTimeout),
    totalSeconds: inSeconds(scheduleToCloseTimeout),
    intervalSeconds: inSeconds(retryPolicy?.initialInterval),
    backoffRate: retryPolicy?.backoffCoefficient ?? 0,
    maxIntervalSeconds: inSeconds(retryPolicy?.maximumInterval),
    maximumAttempts: retryPolicy?.maximumAttempts ?? 0,
  };
}

const inSeconds = (duration: Duration | null | undefined): number =>
  Number(duration?.seconds ?? 0) + (duration?.nanos ?? 0) / 1e9;

/**
 * Returns the wait after attempt `index` (0, 1, …).
 *
 * @see Temporal's documentation, "Retry Policies"
 */
const waitOf = ({ intervalSeconds, backoffRate, maxIntervalSeconds }: Bounds, index: number): number =>
  Math.min(intervalSeconds * backoffRate ** index, maxIntervalSeconds);

/** Tolerance, because a busy machine starts an attempt late. */
const slackSeconds = 20;

function oddities(stage: Stage, attempts: readonly Attempted[], waits: readonly number[], seen: Seen): string[] {
  return waits.flatMap((wait, index) => {
    const { scheduledAt, startedAt } = attempts[index + 1] as Attempted;
    const held = seen.scenario.timedByServer ? 0 : Number(/^timeout (\d+)/.exec(attempts[index]?.end ?? '')?.[1] ?? 0);
    const measured = (startedAt - scheduledAt) / 1000 - held;
    return measured > wait - 0.1 && measured < wait + slackSeconds
      ? []
      : [`${stage}: ${measured} s before attempt ${index + 2} instead of ${wait}`];
  });
}
