import { md, shownAs } from '@etl/lib/text/markdown';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { shownFiles } from '@etl/pipeline/batch/shownFiles';
import { defaultCatchupMs } from '@etl/pipeline/calendar/durations';
import type { Timetable } from '@etl/pipeline/calendar/timetable';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { ScheduleOverlapPolicy } from '@temporalio/client';
import { scheduleSpec } from './spec';

export const overlapPolicies = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'buffer-all': 'BUFFER_ALL',
  'cancel-other': 'CANCEL_OTHER',
  'terminate-other': 'TERMINATE_OTHER',
  'allow-all': 'ALLOW_ALL',
} as const satisfies Record<string, ScheduleOverlapPolicy>;

export type Overlap = keyof typeof overlapPolicies;

/** Defaults of schedules. docs/schedules.md explains each of them. */
export const scheduleDefaults = {
  timeZone: 'UTC',
  overlap: 'skip',
  /** Catch-up window of one night. With `skip`, all but the first of several missed starts would be skipped. */
  catchupMs: defaultCatchupMs,
  /** One bad file must not stop the next night. */
  pauseOnFailure: false,
  jitterMs: 0,
} as const;

/** Minimum that Temporal accepts. */
export const minCatchupMs = 10_000;

export interface NightlySettings {
  readonly name: string;
  /** Request without a date, which follows from the start time. */
  readonly request: BatchRequest;
  readonly timetable: Timetable;
  readonly timeZone: string;
  readonly overlap: Overlap;
  readonly catchupMs: number;
  readonly pauseOnFailure: boolean;
  readonly jitterMs: number;
}

/** Returns the action of a nightly schedule. Temporal appends the scheduled time to the workflow ID. */
export function nightlyAction(name: string, request: BatchRequest) {
  return {
    type: 'startWorkflow' as const,
    workflowType: workflowTypes.nightlyBatch,
    workflowId: `nightly/${name}`,
    taskQueue: taskQueues.main,
    args: [request],
    ...shownAs(`Nightly batch ${name}`, md`${shownFiles(request)}: started by schedule ${name}`),
  };
}

/** Returns a nightly schedule with every policy explicit, because Temporal's defaults differ between clients. */
export function nightlySchedule(settings: NightlySettings, today: string) {
  const { name, request, timetable, timeZone, overlap, catchupMs, pauseOnFailure, jitterMs } = settings;
  return {
    spec: scheduleSpec(timetable, timeZone, today, jitterMs),
    policies: { overlap: overlapPolicies[overlap], catchupWindow: catchupMs, pauseOnFailure },
    action: nightlyAction(name, request),
  };
}
