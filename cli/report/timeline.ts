import { workflowTypes } from '@etl/pipeline/definition';
import type { Launch } from '@etl/pipeline/launches';
import type { temporal } from '@temporalio/proto';
import type { Lane, Span, Timeline } from '../../report/charts/timeline';
import { showSeconds } from '../../report/page/amounts';
import type { Tone } from '../../report/page/parts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface TimelineFacts {
  /** Launches of the run: a task's wait that ended normally does not show how the task ended. */
  readonly launches: readonly Launch[];
  /** Step in which the run failed: its last call has returned what is wrong instead of failing. */
  readonly failedStep?: string | undefined;
  /** Milliseconds since the epoch: end of open steps. */
  readonly now: number;
  /** Returns the decoded summary of an event; undefined if it has none, or it cannot be decoded. */
  readonly summaryOf: (event: HistoryEvent) => string | undefined;
}

/** Lanes of the activities. Any other activity has a lane of its name. */
const lanes: Readonly<Record<string, string>> = {
  validateInput: 'validate',
  launchTask: 'launch',
  awaitTask: 'task',
  convertLight: 'convert',
  stopTask: 'stop',
  findTasks: 'stop',
  confirmWork: 'confirm',
  confirmCommit: 'confirm',
  applySink: 'sinks',
  awaitSink: 'sinks',
  cancelSink: 'sinks',
  planBatch: 'plan',
  listFiles: 'list files',
  awaitRuns: 'wait for files',
  recordResults: 'record results',
  sendToDeadLetters: 'dead letter',
  reportLineage: 'lineage',
};

interface Draft {
  readonly lane: string;
  readonly name: string;
  readonly asked: number;
  began?: number;
  ended?: number;
  tone?: Tone;
  attempt?: number;
  readonly launch?: number;
  /** Timers that only bound another step are left out. */
  isHidden?: boolean;
}

/** Returns the steps in a history: activities, children, and timers that nothing else explains. */
export function timelineOf(events: readonly HistoryEvent[], facts: TimelineFacts): Timeline | undefined {
  const [first] = events;
  if (!first) return undefined;
  const drafts = new Map<string, Draft>();
  const bounded = new Set(events.flatMap((event) => taskOf(event.activityTaskScheduledEventAttributes)));
  for (const event of events) read(event, drafts, bounded, facts);
  const last = events.at(-1);
  const isOpen = last === undefined || !closes(last);
  const to = isOpen ? facts.now : timeOf(last);
  const all = [...drafts.values()].filter(({ isHidden }) => !isHidden);
  const names = [...new Set(all.map(({ lane }) => lane))];
  const failed = all.filter(({ lane }) => lane === facts.failedStep).at(-1);
  if (failed?.tone === 'good') failed.tone = 'bad';
  return {
    from: timeOf(first),
    to: Math.max(to, timeOf(first) + 1),
    lanes: names.map((name): Lane => {
      return { name, spans: all.filter(({ lane }) => lane === name).map((draft) => spanOf(draft, to, isOpen, facts)) };
    }),
  };
}

function read(
  event: HistoryEvent,
  drafts: Map<string, Draft>,
  bounded: ReadonlySet<string>,
  facts: TimelineFacts,
): void {
  const id = String(event.eventId);
  const at = timeOf(event);
  const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
  const { startChildWorkflowExecutionInitiatedEventAttributes: child } = event;
  if (activity) {
    const name = activity.activityType?.name ?? '';
    const launch = launchIn(facts.summaryOf(event));
    drafts.set(id, { lane: lanes[name] ?? name, name, asked: at, ...(launch !== undefined && { launch }) });
  } else if (child) {
    const type = child.workflowType?.name ?? '';
    const isShard = type === workflowTypes.shard;
    drafts.set(id, { lane: isShard ? 'shards' : 'files', name: child.workflowId ?? type, asked: at });
  } else if (timer) {
    // The timeout of a task is a timer of the same workflow task.
    const isHidden = taskOf(timer).some((task) => bounded.has(task));
    drafts.set(id, { lane: 'wait', name: 'wait', asked: at, began: at, isHidden });
  } else readEnd(event, drafts, at);
}

function readEnd(event: HistoryEvent, drafts: Map<string, Draft>, at: number): void {
  const started = event.activityTaskStartedEventAttributes;
  const begun = started ?? event.childWorkflowExecutionStartedEventAttributes;
  if (begun) {
    const draft = drafts.get(idOf(begun));
    if (draft) draft.began = at;
    if (draft && started) draft.attempt = started.attempt ?? 1;
    return;
  }
  for (const [tone, ends] of endsOf(event)) {
    for (const end of ends) {
      const draft = end ? drafts.get(idOf(end)) : undefined;
      if (draft) Object.assign(draft, { ended: at, tone });
    }
  }
}

interface EndAttributes {
  readonly scheduledEventId?: unknown;
  readonly initiatedEventId?: unknown;
  readonly startedEventId?: unknown;
}

function endsOf(event: HistoryEvent): readonly (readonly [Tone, readonly (EndAttributes | null | undefined)[]])[] {
  return [
    ['good', [event.activityTaskCompletedEventAttributes, event.childWorkflowExecutionCompletedEventAttributes]],
    [
      'bad',
      [
        event.activityTaskFailedEventAttributes,
        event.activityTaskTimedOutEventAttributes,
        event.startChildWorkflowExecutionFailedEventAttributes,
        event.childWorkflowExecutionFailedEventAttributes,
        event.childWorkflowExecutionTimedOutEventAttributes,
        event.childWorkflowExecutionTerminatedEventAttributes,
      ],
    ],
    ['calm', [event.activityTaskCanceledEventAttributes, event.childWorkflowExecutionCanceledEventAttributes]],
    ['warn', [event.timerFiredEventAttributes, event.timerCanceledEventAttributes]],
  ];
}

/** Returns the ID of the event with which the step of an end began. */
function idOf({ scheduledEventId, initiatedEventId, startedEventId }: EndAttributes): string {
  return String(scheduledEventId ?? initiatedEventId ?? startedEventId);
}

function spanOf(
  { lane, name, asked, began, ended, tone, attempt, launch }: Draft,
  to: number,
  isOpen: boolean,
  facts: TimelineFacts,
): Span {
  const failed =
    lane === 'task'
      ? facts.launches.find(({ generation, failureType }) => generation === launch && failureType !== undefined)
      : undefined;
  const shown: Tone = failed ? 'bad' : (tone ?? (isOpen ? (lane === 'wait' ? 'warn' : 'busy') : 'calm'));
  const end = ended ?? to;
  const label = [
    name,
    ...(launch === undefined ? [] : [`launch ${launch}`]),
    ...(attempt !== undefined && attempt > 1 ? [`attempt ${attempt}`] : []),
    showSeconds((end - asked) / 1000),
    failed?.failureType ?? (ended === undefined && !isOpen ? 'ended with the run' : results[shown]),
  ].join(', ');
  return { asked, ...(began !== undefined && { began }), ended: end, tone: shown, label };
}

const results: Readonly<Record<Tone, string>> = {
  good: 'done',
  bad: 'failed',
  warn: 'waited',
  busy: 'open',
  calm: 'cancelled',
};

const taskOf = (attributes: { readonly workflowTaskCompletedEventId?: unknown } | null | undefined): string[] =>
  attributes ? [String(attributes.workflowTaskCompletedEventId)] : [];

/** Returns the number in `ventas.csv, 2026-02-08, launch 2`. */
function launchIn(summary = ''): number | undefined {
  const [, number] = /, launch (\d{1,6})$/.exec(summary) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Returns the milliseconds since the epoch of an event. */
function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
}

function closes(event: HistoryEvent): boolean {
  return [
    event.workflowExecutionCompletedEventAttributes,
    event.workflowExecutionFailedEventAttributes,
    event.workflowExecutionCanceledEventAttributes,
    event.workflowExecutionTerminatedEventAttributes,
    event.workflowExecutionTimedOutEventAttributes,
    event.workflowExecutionContinuedAsNewEventAttributes,
  ].some(Boolean);
}
