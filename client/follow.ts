import { once } from 'node:events';
import { pause } from '@etl/lib/pause';
import { messageNames, taskQueues } from '@etl/pipeline/definition';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { failureMessage, unreadableMessage } from '../config/payloads/failureMessage';
import { createReportReader, type TaskReport, type Watched } from './taskReports';

/** Receives updates about a running workflow. */
export interface Follower<Status> {
  /** Called about twice a second with the answer to the query `status` and the newest reports of the tasks. */
  readonly onStatus: (status: Status, reports: readonly TaskReport[]) => void;
  /** Called once for each problem that blocks the workflow. */
  readonly onProblem: (problem: string) => void;
}

type Followed = Pick<WorkflowHandle, 'result' | 'query'> & Watched;

const secondsBetweenQueries = 0.5;
/** Describing a workflow costs the server more than a query, which a worker answers. */
const secondsBetweenDescriptions = 2;
/** Time in milliseconds that a newly started worker may take to poll. */
const workerStartMs = 10_000;

/**
 * Waits until a workflow closes. Resolves and rejects as its result does. Without a follower, the workflow is not
 * queried.
 */
export async function follow<Result, Status>(
  handle: Followed,
  follower: Follower<Status> | undefined,
): Promise<Result> {
  const ended = new AbortController();
  const watching = follower && watch(handle, follower, ended.signal);
  try {
    return (await handle.result()) as Result;
  } finally {
    ended.abort();
    await watching;
  }
}

async function watch<Status>(handle: Followed, follower: Follower<Status>, ended: AbortSignal): Promise<void> {
  const reported = new Set<string>();
  const serverTime = createServerClock();
  const readReports = createReportReader(handle);
  let reports: readonly TaskReport[] = [];
  const queryStatus = async () => {
    const status = await handle.query<Status>(messageNames.status);
    if (!ended.aborted) follower.onStatus(status, reports);
  };
  const describe = async () => {
    const description = await handle.describe();
    const now = serverTime(scheduledAt(description));
    for (const problem of problemsOf(await withMessages(description, handle.client), now)) {
      if (!reported.has(problem) && !ended.aborted) follower.onProblem(problem);
      reported.add(problem);
    }
    reports = await readReports(description);
  };
  // Run both concurrently: without a worker, a query is answered late or never.
  await Promise.all([
    repeat(queryStatus, secondsBetweenQueries, ended),
    repeat(describe, secondsBetweenDescriptions, ended),
  ]);
}

/** Repeats the work until the end and ignores its errors: a failed query does not affect the workflow. */
async function repeat(work: () => Promise<void>, seconds: number, ended: AbortSignal): Promise<void> {
  const aborted = once(ended, 'abort');
  while (!ended.aborted) {
    await Promise.race([work().catch(() => undefined), aborted]);
    await pause(seconds, ended);
  }
}

/** Returns the description with the messages of failures decoded from payloads. */
async function withMessages({ raw }: Described, { options }: Watched['client']): Promise<Described> {
  const pendingActivities = await Promise.all(
    (raw.pendingActivities ?? []).map(async ({ lastFailure, ...activity }) => {
      if (!lastFailure) return activity;
      const message = await failureMessage(lastFailure, options.loadedDataConverter).catch(() => unreadableMessage);
      return { ...activity, lastFailure: { ...lastFailure, message: message ?? null } };
    }),
  );
  return { raw: { ...raw, pendingActivities } };
}

type Described = Pick<WorkflowExecutionDescription, 'raw'>;

/**
 * Creates a clock of the server, whose time may differ from this machine's. The returned function takes a time that the
 * server reported, and returns a lower bound of the server's current time: the given time, or the newest reported time
 * plus the time elapsed since.
 */
function createServerClock(): (shown: number) => number {
  let newest = { shown: 0, seenAt: performance.now() };
  return (shown) => {
    const now = newest.shown + performance.now() - newest.seenAt;
    if (shown > now) newest = { shown, seenAt: performance.now() };
    return Math.max(shown, now);
  };
}

/**
 * Returns the scheduled time of the pending workflow task, in milliseconds since 1970 by the server's clock; 0 without
 * a pending task.
 */
const scheduledAt = ({ raw }: Described): number => Number(raw.pendingWorkflowTask?.scheduledTime?.seconds ?? 0) * 1000;

/**
 * Returns a line for each problem that blocks a workflow. `now` is in milliseconds since 1970, by the server's clock.
 */
export function problemsOf({ raw }: Described, now: number): string[] {
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  const failures = (pendingActivities ?? []).flatMap(({ activityType, lastFailure }) =>
    lastFailure ? [`${activityType?.name} failed and is being retried: ${lastFailure.message ?? 'unknown error'}`] : [],
  );
  const since = scheduledAt({ raw });
  const isWaiting = task && !task.startedTime && since > 0 && now - since > workerStartMs;
  return [
    ...failures,
    ...(isWaiting
      ? [
          `no worker has picked up the workflow: check that a worker polls the task queue ${taskQueues.main} on this server`,
        ]
      : []),
  ];
}
