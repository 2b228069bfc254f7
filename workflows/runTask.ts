import type { TaskSize } from '@etl/ecs/sizes';
import { summary } from '@etl/lib/text/markdown';
import type { ContainerMode } from '@etl/pipeline/container';
import { transform as definition } from '@etl/pipeline/definition';
import { budgetOf, failureTypes } from '@etl/pipeline/failures/table';
import { reasonOf, type TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { describePurpose, purposeOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import {
  ActivityCancellationType,
  type ActivityOptions,
  type ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  sleep,
} from '@temporalio/workflow';
import type { LaunchResult, RunIdentity, WaitUntil } from '../activities/contract';
import { awaitTask, findTasks, launchTask, stopTask, withSummary } from './activities';
import { asFailure, failure, failureTypeOf } from './failures';
import type { StatusTracker } from './status';

/** Context that every step of a run shares. */
export interface RunContext {
  readonly plan: Plan;
  readonly run: RunIdentity;
  readonly title: string;
  readonly status: StatusTracker;
  /**
   * Returns 1, 2, …. The client token is derived from the generation, so no two launches of a run may share one,
   * whatever their purpose.
   */
  readonly nextGeneration: () => number;
  /** What the task does. @default the whole conversion */
  readonly mode?: ContainerMode;
}

export function runContext(of: Omit<RunContext, 'nextGeneration' | 'mode'>): RunContext {
  let generations = 0;
  return {
    ...of,
    nextGeneration: () => {
      generations += 1;
      return generations;
    },
  };
}

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { stopAtOnce: 'stop-at-once' } as const;

/** Request for one launch. */
export interface LaunchRequest {
  readonly generation: number;
  readonly spot: boolean;
  readonly size?: TaskSize;
  /** @default a Fargate task */
  readonly lane?: 'light';
}

interface Launched {
  readonly taskArn: string;
  /** Generation that started the task: an earlier one if its task was found running. */
  readonly generation: number;
}

export interface Ended extends Launched {
  readonly end: TaskEnd;
  /** Deadline of the launch, in milliseconds of workflow time. */
  readonly deadline: number;
}

/**
 * Runs one launch, from RunTask to the end of its container, which ECS may report long before the task is STOPPED
 * (`awaitStopped`). If anything ends the wait early (a timeout, a cancellation, a failure of the wait itself), the task
 * is stopped and its end is observed before this throws. Calls `onTaskEnd` with the end of the task in either case.
 */
export async function runTask(
  context: RunContext,
  request: LaunchRequest,
  onTaskEnd: (end: TaskEnd) => void,
): Promise<Ended> {
  const { timeoutSeconds, launchQueueSeconds } = context.plan.timings;
  let launched: Launched | undefined;
  return withinTime(context, request, timeoutSeconds * 1000, {
    work: async (inTime) => {
      // Time spent in the launch queue does not count toward the timeout, except in runs of earlier versions.
      if (launchQueueSeconds !== undefined) launched = await launch(context, request);
      const deadline = Date.now() + timeoutSeconds * 1000;
      return inTime(async () => {
        launched ??= await launch(context, request);
        const end = await awaitEnd(context, launched, 'ended');
        if (end.status === 'notStarted') throw failure('StartTimeout', reasonOf(end));
        onTaskEnd(end);
        return { ...launched, end, deadline };
      });
    },
    stop: async (error, why) => {
      const until = stopUntil(error);
      if (launched) onTaskEnd(await stop(context, launched.taskArn, why, until));
      else if (mayHaveLaunched(error, context.plan)) await stopUnrecordedTasks(context, why, until);
    },
    late: () => failure('Timeout', `the task was still running after ${timeoutSeconds} s and was stopped`),
  });
}

/**
 * Waits until a task whose container has ended is STOPPED, up to the deadline of its launch. No other generation is
 * launched before.
 */
export async function awaitStopped(
  context: RunContext,
  ended: Ended,
  onTaskEnd: (end: TaskEnd) => void,
): Promise<Ended> {
  const { timeoutSeconds } = context.plan.timings;
  return withinTime(context, ended, Math.max(ended.deadline - Date.now(), 1), {
    work: (inTime) =>
      inTime(async () => {
        const end = await awaitEnd(
          context,
          ended,
          'stopped',
          'Its container has ended; ECS does not report it STOPPED',
        );
        onTaskEnd(end);
        return { ...ended, end };
      }),
    stop: async (error, why) => {
      await stop(context, ended.taskArn, why, stopUntil(error));
    },
    late: () => {
      const reason = `the container ended (${reasonOf(ended.end)}), but ECS did not report its task STOPPED within ${timeoutSeconds} s`;
      return failure('Timeout', reason);
    },
  });
}

interface Bounded<T> {
  /** Runs the work. Calls passed to `inTime` are cancelled at the deadline. */
  readonly work: (inTime: <R>(work: () => Promise<R>) => Promise<R>) => Promise<T>;
  /**
   * Stops what the work started, before the error is rethrown, also while the run is cancelled. `why`: the reason in
   * words.
   */
  readonly stop: (error: unknown, why: string) => Promise<void>;
  /** Returns the failure for a missed deadline. */
  readonly late: () => ApplicationFailure;
}

async function withinTime<T>(
  context: RunContext,
  launched: { readonly generation: number },
  timeout: number,
  { work, stop, late }: Bounded<T>,
): Promise<T> {
  const { timings } = context.plan;
  const scope = new CancellationScope();
  try {
    return await work((timed) => untilTimeout(scope, timeout, `timeout of ${summaryOf(context, launched)}`, timed));
  } catch (error) {
    const cancelledFromOutside = CancellationScope.current().consideredCancelled;
    const timedOut = isCancellation(error) && !cancelledFromOutside;
    const why = timedOut
      ? `timeout of ${timings.timeoutSeconds} s`
      : cancelledFromOutside
        ? 'run cancelled'
        : `run ended: ${asFailure(error).type}`;
    await CancellationScope.nonCancellable(() => stop(error, why));
    throw timedOut ? late() : error;
  }
}

/** Runs work in the scope and cancels it after a timeout in milliseconds. A scope's own timer has no summary. */
function untilTimeout<T>(scope: CancellationScope, timeout: number, text: string, work: () => Promise<T>): Promise<T> {
  return scope.run(async () => {
    const timer = new CancellationScope();
    timer
      .run(() => sleep(timeout, { summary: summary(text) }))
      .then(
        () => scope.cancel(),
        () => undefined,
      );
    try {
      return await work();
    } finally {
      if (!timer.consideredCancelled) timer.cancel();
    }
  });
}

/** Waits for STOPPED only if another launch follows. Otherwise the end of the container is enough. */
function stopUntil(error: unknown): WaitUntil {
  const isLast = isCancellation(error) || budgetOf(failureTypeOf(asFailure(error))) === 'none';
  return isLast ? 'ended' : 'stopped';
}

async function launch(context: RunContext, request: LaunchRequest): Promise<Launched> {
  const { run, status } = context;
  for (;;) {
    status.set({ step: 'launch', ...shownLaunch(context, request) });
    const answer = await answeredLaunch(context, request).catch((error: unknown) => {
      const failed = asFailure(error);
      if (isCancellation(error)) throw error;
      throw failureTypeOf(failed) === 'ServiceUnavailable' ? failure('LaunchUnanswered', failed.message) : failed;
    });
    if (answer.kind === 'launched') return answer;
    if (answer.kind === 'refused') {
      throw failure(answer.cause === 'capacity' ? 'CapacityUnavailable' : 'LaunchRefused', answer.reason);
    }
    const note = 'Stopping an earlier task of this workflow first';
    for (const taskArn of answer.by) {
      status.set({ step: 'stop', ...shownLaunch(context, request), taskArn, note });
      await stop(context, taskArn, `replaced by run ${run.runId} of ${run.workflowId}`);
    }
  }
}

/** Bound of a launch in seconds, for plans of earlier versions, which have none. */
const earlierLaunchSeconds = 900;

/**
 * Launches the task and waits for the answer. If the launch were abandoned, its task would keep running, so a
 * cancellation ends only a launch that is still queued.
 */
function answeredLaunch(context: RunContext, request: LaunchRequest): Promise<LaunchResult> {
  const { plan, run, mode } = context;
  const { launchQueueSeconds } = plan.timings;
  const over = finishedTasks(context);
  const input = { plan, run, ...request, ...(mode && { mode }), ...(over.length > 0 && { over }) };
  const launchWithin = (bounds: ActivityOptions) =>
    launchTask.executeWithOptions(withSummary(summaryOf(context, request), bounds), [input]);
  if (launchQueueSeconds === undefined)
    return CancellationScope.nonCancellable(() =>
      launchWithin({ scheduleToCloseTimeout: earlierLaunchSeconds * 1000 }),
    );
  return launchWithin({
    scheduleToCloseTimeout: launchQueueSeconds * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Returns earlier tasks of this workflow that have succeeded or failed for good: their outcomes are settled. */
function finishedTasks({ status }: RunContext): string[] {
  return status.launches().flatMap(({ taskArn, shard, failureType }) => {
    const isOver = failureType === undefined || budgetOf(failureType) === 'none';
    return isOver && shard === undefined && taskArn !== undefined ? [taskArn] : [];
  });
}

/**
 * Waits for the end of a task by polling. An ECS event, where there is an event queue, only triggers an immediate poll.
 */
async function awaitEnd(context: RunContext, launched: Launched, until: WaitUntil, note?: string): Promise<TaskEnd> {
  const { plan, run, status } = context;
  const { taskArn, generation } = launched;
  const shownState = { ...shownLaunch(context, launched), taskArn, ...(note !== undefined && { note }) };
  status.set({ step: 'transform', ...shownState });
  const wait = () =>
    awaitTask.executeWithOptions(withSummary(summaryOf(context, launched), awaitBounds(plan)), [
      { plan, run, generation, taskArn, until },
    ]);
  const polled = wait();
  const reported = condition(() => status.isReportedStopped(taskArn)).then(() => undefined);
  const first = await Promise.race([polled, reported]);
  if (first) return first;
  // The first wait finds the same end with its next poll. Its result is ignored.
  polled.catch(() => undefined);
  return wait();
}

function awaitBounds({ timings }: Plan) {
  const bound = (timings.timeoutSeconds + definition.awaitSlackSeconds) * 1000;
  return {
    startToCloseTimeout: bound,
    scheduleToCloseTimeout: bound,
    heartbeatTimeout: timings.heartbeatSeconds * 1000,
    // The task is stopped at once: its wait would receive a cancellation only with the next heartbeat.
    cancellationType: patched(patches.stopAtOnce)
      ? ActivityCancellationType.TRY_CANCEL
      : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

function stop(context: RunContext, taskArn: string, reason: string, until: WaitUntil = 'stopped'): Promise<TaskEnd> {
  return stopTask.executeWithOptions(withSummary(`${context.title}: ${reason}`), [{ taskArn, reason, until }]);
}

/**
 * Returns whether a task may be running although the launch failed. An unanswered launch may have started one, and so
 * may a launch that was cancelled between two attempts. A launch in a run of an earlier version cannot be cancelled
 * that way.
 */
function mayHaveLaunched(error: unknown, { timings }: Plan): boolean {
  const type = failureTypeOf(asFailure(error));
  if (type === 'Cancelled') return timings.launchQueueSeconds !== undefined;
  return failureTypes[type].mayHaveLaunched === true;
}

async function stopUnrecordedTasks(context: RunContext, reason: string, until: WaitUntil): Promise<void> {
  const { run, title } = context;
  for (const taskArn of await findTasks.executeWithOptions(withSummary(title), [{ run }]))
    await stop(context, taskArn, reason, until);
}

function summaryOf({ title, mode }: RunContext, { generation }: { readonly generation: number }): string {
  const purpose = describePurpose(purposeOf(mode));
  return `${title},${purpose === undefined ? '' : ` ${purpose},`} launch ${generation}`;
}

/** Returns the fields that identify the launch in the status. */
export function shownLaunch({ mode }: RunContext, { generation }: { readonly generation: number }) {
  const purpose = describePurpose(purposeOf(mode));
  return { generation, ...(purpose !== undefined && { purpose }) };
}
