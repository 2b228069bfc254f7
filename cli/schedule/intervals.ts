import { taskQueues } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';

/** A schedule that starts a short workflow again and again. */
export interface IntervalSchedule {
  /** Also the workflow ID, to which Temporal appends the time. */
  readonly scheduleId: string;
  readonly everyMinutes: number;
  readonly workflowType: string;
  readonly input: object;
}

/**
 * Creates or updates the schedule. Runs do not overlap, and Temporal does not catch up on missed runs: the next run
 * finds the same.
 */
export async function storeIntervals(
  client: Client,
  { scheduleId, everyMinutes, workflowType, input }: IntervalSchedule,
): Promise<void> {
  const spec = { intervals: [{ every: everyMinutes * 60_000 }] };
  const policies = { overlap: 'SKIP', catchupWindow: 60_000, pauseOnFailure: false } as const;
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    workflowId: scheduleId,
    taskQueue: taskQueues.main,
    args: [input],
  };
  try {
    await client.schedule.create({ scheduleId, spec, policies, action });
  } catch (error) {
    if (!(error instanceof temporalClient().ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((known) => ({ ...known, spec, policies, action }));
  }
}
