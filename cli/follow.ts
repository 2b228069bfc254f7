import { once } from 'node:events';
import { messageNames, taskQueues } from '@etl/pipeline/definition';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { failureMessage } from '../config/payloads/failureMessage';
import { cliExitCodes } from './errors';
import { temporalCommand } from './hints';
import { printLines } from './output';
import { pause } from './pause';
import { createReportReader, type TaskReport, type Watched } from './taskReports';

/** Who is told about a workflow while it runs. */
export interface Follower<Status> {
  /** Takes its answer to the query `status`, about twice a second, and the newest reports of its tasks. */
  readonly onStatus: (status: Status, reports: readonly TaskReport[]) => void;
  /** What keeps it from going on, once for each. */
  readonly onTrouble: (trouble: string) => void;
}

type Followed = Pick<WorkflowHandle, 'result' | 'query'> & Watched;

const secondsBetweenQueries = 0.5;
/** Describing a workflow costs the server more than a query that a worker answers. */
const secondsBetweenDescriptions = 2;
/** A worker that has just been started takes a moment. */
const patienceMs = 10_000;

/** Waits for the end of a workflow. Resolves and rejects as its result does; without a follower, nothing is asked. */
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
  const told = new Set<string>();
  const timeOfServer = createServerClock();
  const readReports = createReportReader(handle);
  let reports: readonly TaskReport[] = [];
  const askStatus = async () => {
    const status = await handle.query<Status>(messageNames.status);
    if (!ended.aborted) follower.onStatus(status, reports);
  };
  const describe = async () => {
    const description = await handle.describe();
    const now = timeOfServer(scheduledAt(description));
    for (const trouble of troublesOf(await withMessages(description, handle.client), now)) {
      if (!told.has(trouble) && !ended.aborted) follower.onTrouble(trouble);
      told.add(trouble);
    }
    reports = await readReports(description);
  };
  // Side by side: where no worker is, a query is answered late or never.
  await Promise.all([
    repeat(askStatus, secondsBetweenQueries, ended),
    repeat(describe, secondsBetweenDescriptions, ended),
  ]);
}

/** Again and again until the end, whether it fails or not: nobody answers just now, and the workflow is not concerned. */
async function repeat(work: () => Promise<void>, seconds: number, ended: AbortSignal): Promise<void> {
  const over = once(ended, 'abort');
  while (!ended.aborted) {
    await Promise.race([work().catch(() => undefined), over]);
    await pause(seconds, ended);
  }
}

const unreadable = 'its message cannot be decrypted here';

/** With the messages of failures that lie in payloads. */
async function withMessages({ raw }: Described, { options }: Watched['client']): Promise<Described> {
  const pendingActivities = await Promise.all(
    (raw.pendingActivities ?? []).map(async ({ lastFailure, ...activity }) => {
      if (!lastFailure) return activity;
      const message = await failureMessage(lastFailure, options.loadedDataConverter).catch(() => unreadable);
      return { ...activity, lastFailure: { ...lastFailure, message: message ?? null } };
    }),
  );
  return { raw: { ...raw, pendingActivities } };
}

type Described = Pick<WorkflowExecutionDescription, 'raw'>;

/**
 * Returns a function that is given a time that the server shows, and returns what time it is there at least: that, or the newest time
 * that it has shown and what has passed since. The clock of this machine may be another one.
 */
function createServerClock(): (shown: number) => number {
  let newest = { shown: 0, seenAt: performance.now() };
  return (shown) => {
    const now = newest.shown + performance.now() - newest.seenAt;
    if (shown > now) newest = { shown, seenAt: performance.now() };
    return Math.max(shown, now);
  };
}

/** When the pending workflow task was scheduled, in milliseconds since 1970 by the clock of the server; 0 for none. */
const scheduledAt = ({ raw }: Described): number => Number(raw.pendingWorkflowTask?.scheduledTime?.seconds ?? 0) * 1000;

/** What keeps a workflow from going on, a line each. `now` in milliseconds since 1970, by the clock of the server. */
export function troublesOf({ raw }: Described, now: number): string[] {
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  const failures = (pendingActivities ?? []).flatMap(({ activityType, lastFailure }) =>
    lastFailure ? [`${activityType?.name} has failed, and is tried again: ${lastFailure.message ?? 'unknown'}`] : [],
  );
  const since = scheduledAt({ raw });
  const isLeft = task && !task.startedTime && since > 0 && now - since > patienceMs;
  return [
    ...failures,
    ...(isLeft ? [`no worker takes it: is one running, with task queue ${taskQueues.main}, on this server?`] : []),
  ];
}

/** Ctrl-C ends the command, and not what it follows. Returns what takes that back. */
export function detachOnInterrupt(what: string, workflowId: string, before: () => void): () => void {
  const interrupted = () => {
    before();
    const cancel = temporalCommand('workflow', 'cancel', '--workflow-id', workflowId);
    printLines([`The ${what} goes on without this command. Cancel it with: ${cancel}`], process.stderr);
    process.exit(cliExitCodes.interrupted);
  };
  process.once('SIGINT', interrupted);
  return () => void process.removeListener('SIGINT', interrupted);
}
