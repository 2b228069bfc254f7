import { type BatchRequest, parseBatchRequest } from '@etl/pipeline/batch/request';
import { showDuration } from '@etl/pipeline/calendar/durations';
import { type PlannedRun, plannedRun } from '@etl/pipeline/calendar/nextRuns';
import { localTime } from '@etl/pipeline/calendar/wallTime';
import type { ScheduleDescription } from '@temporalio/client';
import { etlCommand } from '../hints';
import { describeTimes } from './readSpec';
import { overlapPolicies } from './settings';
import { describeRuns } from './show';

/** Output of `etl schedule describe --json`. */
export interface ScheduleReport {
  readonly name: string;
  readonly paused: boolean;
  readonly note: string | null;
  readonly times: readonly string[];
  readonly timeZone: string;
  readonly overlap: string;
  readonly catchupSeconds: number;
  readonly pauseOnFailure: boolean;
  readonly jitterSeconds: number;
  readonly request: BatchRequest | null;
  /**
   * Counts of the schedule's starts: taken, skipped because a batch was still running, missed beyond the catch-up
   * window.
   */
  readonly taken: number;
  readonly skippedOverlap: number;
  readonly missedCatchup: number;
  readonly running: readonly string[];
  /** Recent starts, latest last. */
  readonly recent: readonly { readonly at: string; readonly batchDate: string; readonly workflowId: string }[];
  readonly next: readonly PlannedRun[];
}

const shownRuns = 5;

/**
 * Returns the scheduled time, which Temporal appends to the workflow ID. The time that Temporal reports may be late by
 * the jitter.
 */
function timeIn(workflowId: string): Date | undefined {
  const [, text] = /-(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/.exec(workflowId) ?? [];
  return text === undefined ? undefined : new Date(text);
}

/** Returns the report of a schedule, with the batch date of each start. */
export function scheduleReport({
  scheduleId,
  spec,
  policies,
  state,
  info,
  action,
}: ScheduleDescription): ScheduleReport {
  const parsed = parseBatchRequest(action.args?.[0]);
  const request = parsed.ok ? parsed.request : null;
  // The request's zone determines the batch date, as in the batch itself. The schedule's zone determines only the
  // start.
  const zone = request?.timeZone ?? 'UTC';
  const plan = (at: Date) => plannedRun(zone, at, request?.dayOffset ?? 0);
  const overlap = Object.entries(overlapPolicies).find(([, policy]) => policy === policies.overlap)?.[0];
  return {
    name: scheduleId,
    paused: state.paused,
    note: state.note || null,
    times: describeTimes(spec),
    timeZone: spec.timezone || 'UTC',
    overlap: overlap ?? String(policies.overlap),
    catchupSeconds: policies.catchupWindow / 1000,
    pauseOnFailure: policies.pauseOnFailure,
    jitterSeconds: (spec.jitter ?? 0) / 1000,
    request,
    taken: info.numActionsTaken,
    skippedOverlap: info.numActionsSkippedOverlap,
    missedCatchup: info.numActionsMissedCatchupWindow,
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    recent: info.recentActions.slice(-shownRuns).map(({ scheduledAt, action: { workflow } }) => {
      const { workflowId } = workflow;
      const at = timeIn(workflowId) ?? scheduledAt;
      return { at: at.toISOString(), batchDate: plan(at).batchDate, workflowId };
    }),
    next: info.nextActionTimes.slice(0, shownRuns).map(plan),
  };
}

export function describeSchedule(report: ScheduleReport): string[] {
  const { name, request, timeZone, paused, note } = report;
  const length = (seconds: number) => showDuration(seconds * 1000);
  const [first = 'never', ...more] = report.times;
  return [
    `Schedule ${name}: ${first}, ${timeZone}${paused ? ', PAUSED' : ''}`,
    ...(note === null ? [] : [`  note: ${note}`]),
    ...more.map((line) => `  ${line}`),
    `  batch: ${request === null ? `invalid request. Create the schedule again with --replace: ${etlCommand('schedule', 'create', '--help')}` : JSON.stringify(request)}`,
    `  overlap ${report.overlap}, catch-up ${length(report.catchupSeconds)}, jitter ${length(report.jitterSeconds)}, ${report.pauseOnFailure ? 'pauses when a batch fails' : 'continues when a batch fails'}`,
    `  starts: ${report.taken} taken, ${report.skippedOverlap} skipped during a running batch, ${report.missedCatchup} missed beyond the catch-up window`,
    ...report.running.map((workflowId) => `  running: ${workflowId}`),
    ...report.recent.map(({ at, batchDate, workflowId }) => {
      const local = localTime(request?.timeZone ?? 'UTC', new Date(at));
      return `  last: ${local}, batch date ${batchDate}, ${workflowId}`;
    }),
    ...describeRuns(report.next),
  ];
}
