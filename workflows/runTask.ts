import type { TaskSize } from '@etl/ecs/sizes';
import type { ContainerMode } from '@etl/pipeline/container';
import { transform as definition } from '@etl/pipeline/definition';
import { budgetOf } from '@etl/pipeline/failures';
import { describePurpose, purposeOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { reasonOf, type TaskEnd } from '@etl/pipeline/taskEnd';
import {
  ActivityCancellationType,
  type ActivityOptions,
  type ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  patched,
} from '@temporalio/workflow';
import type { LaunchResult, RunIdentity, WaitUntil } from '../activities/contract';
import { awaitTask, findTasks, launchTask, shown, stopTask } from './activities';
import { asFailure, failure, failureTypeOf } from './failures';
import type { StatusTracker } from './status';

/** What every step of a run knows of it. */
export interface RunContext {
  readonly plan: Plan;
  readonly run: RunIdentity;
  readonly title: string;
  readonly status: StatusTracker;
  /** 1, 2, …: a client token is made from it, so that no two launches of a run may have the same, whatever they are for. */
  readonly nextGeneration: () => number;
  /** What the task is told to do; absent: the whole conversion. */
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

/** What runs that began under an earlier version do in the old way. */
const patches = { stopAtOnce: 'stop-at-once' } as const;

/** One deliberate launch, as it is wanted. */
export interface Asked {
  readonly generation: number;
  readonly spot: boolean;
  readonly size?: TaskSize;
  /** Absent: as a task. */
  readonly lane?: 'light';
}

interface Launched {
  readonly taskArn: string;
  /** As which the task was started: that of an earlier launch when its task was found running. */
  readonly generation: number;
}

export interface Ended extends Launched {
  readonly end: TaskEnd;
  /** When the time of the launch is over, in milliseconds of the workflow's time. */
  readonly deadline: number;
}

/**
 * One launch, from RunTask to the end of its container, which ECS may report long before the task is STOPPED (`awaitStopped`).
 * Whatever ends the wait early (timeouts, cancel, a failure of the wait itself), the task is stopped and its end is seen before this
 * throws. `sawEnd` is told how the task ended, in either case.
 */
export async function runTask(context: RunContext, asked: Asked, sawEnd: (end: TaskEnd) => void): Promise<Ended> {
  const { timeoutSeconds, launchQueueSeconds } = context.plan.timings;
  let launched: Launched | undefined;
  return withinTime(context.plan, timeoutSeconds * 1000, {
    work: async (inTime) => {
      // What it waits for its turn beside thousands of others is no part of its timeout; runs in flight had it inside.
      if (launchQueueSeconds !== undefined) launched = await launch(context, asked);
      const deadline = Date.now() + timeoutSeconds * 1000;
      return inTime(async () => {
        launched ??= await launch(context, asked);
        const end = await awaitEnd(context, launched, 'ended');
        if (end.status === 'notStarted') throw failure('StartTimeout', reasonOf(end));
        sawEnd(end);
        return { ...launched, end, deadline };
      });
    },
    stop: async (error, why) => {
      const until = stopUntil(error);
      if (launched) sawEnd(await stop(context, launched.taskArn, why, until));
      else if (mayHaveLaunched(error, context.plan)) await stopUntold(context, why, until);
    },
    late: () => failure('Timeout', `the task was still running after ${timeoutSeconds} s and was stopped`),
  });
}

/**
 * Waits until a task is STOPPED whose container has ended, as long as the time of its launch lasts: no other generation is launched
 * before.
 */
export async function awaitStopped(context: RunContext, ended: Ended, sawEnd: (end: TaskEnd) => void): Promise<Ended> {
  const { timeoutSeconds } = context.plan.timings;
  return withinTime(context.plan, Math.max(ended.deadline - Date.now(), 1), {
    work: (inTime) =>
      inTime(async () => {
        const end = await awaitEnd(
          context,
          ended,
          'stopped',
          'Its container has ended; ECS does not report it STOPPED',
        );
        sawEnd(end);
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
  /** What it gives to `inTime` is cancelled when the time is over. */
  readonly work: (inTime: <R>(work: () => Promise<R>) => Promise<R>) => Promise<T>;
  /** Called before an error is thrown on, also while the run is cancelled, with the reason in words. */
  readonly stop: (error: unknown, why: string) => Promise<void>;
  /** What the work has failed of when its time is over. */
  readonly late: () => ApplicationFailure;
}

async function withinTime<T>({ timings }: Plan, timeout: number, { work, stop, late }: Bounded<T>): Promise<T> {
  const scope = new CancellationScope({ cancellable: true, timeout });
  try {
    return await work((timed) => scope.run(timed));
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

/** A task that another one follows is seen STOPPED; of others the end of their container is enough. */
function stopUntil(error: unknown): WaitUntil {
  const isLast = isCancellation(error) || budgetOf(failureTypeOf(asFailure(error))) === 'none';
  return isLast ? 'ended' : 'stopped';
}

async function launch(context: RunContext, asked: Asked): Promise<Launched> {
  const { run, status } = context;
  for (;;) {
    status.set({ step: 'launch', ...shownLaunch(context, asked) });
    const answer = await answeredLaunch(context, asked).catch((error: unknown) => {
      const failed = asFailure(error);
      if (isCancellation(error)) throw error;
      throw failureTypeOf(failed) === 'ServiceUnavailable' ? failure('LaunchUnanswered', failed.message) : failed;
    });
    if (answer.kind === 'launched') return answer;
    if (answer.kind === 'refused') {
      throw failure(answer.cause === 'capacity' ? 'CapacityUnavailable' : 'LaunchRefused', answer.reason);
    }
    const note = 'An earlier task of this workflow comes first';
    for (const taskArn of answer.by) {
      status.set({ step: 'stop', ...shownLaunch(context, asked), taskArn, note });
      await stop(context, taskArn, `replaced by run ${run.runId} of ${run.workflowId}`);
    }
  }
}

/** For plans of earlier versions, which do not bound the launch. */
const earlierLaunchSeconds = 900;

/** A launch whose answer nobody waits for would leave a task that nobody stops: a cancel ends only one that still waits for its turn. */
function answeredLaunch(context: RunContext, asked: Asked): Promise<LaunchResult> {
  const { plan, run, mode } = context;
  const { launchQueueSeconds } = plan.timings;
  const over = tasksOver(context);
  const input = { plan, run, ...asked, ...(mode && { mode }), ...(over.length > 0 && { over }) };
  const launchWithin = (bounds: ActivityOptions) =>
    launchTask.executeWithOptions(shown(summaryOf(context, asked), bounds), [input]);
  if (launchQueueSeconds === undefined)
    return CancellationScope.nonCancellable(() =>
      launchWithin({ scheduleToCloseTimeout: earlierLaunchSeconds * 1000 }),
    );
  return launchWithin({
    scheduleToCloseTimeout: launchQueueSeconds * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Earlier tasks of this workflow that have done their work, or failed for good: what they ended with was settled. */
function tasksOver({ status }: RunContext): string[] {
  return status.launches().flatMap(({ taskArn, shard, failureType }) => {
    const isOver = failureType === undefined || budgetOf(failureType) === 'none';
    return isOver && shard === undefined && taskArn !== undefined ? [taskArn] : [];
  });
}

/** Polling sees the end of a task; an event of ECS, where there is a queue of them, only makes it look at once. */
async function awaitEnd(context: RunContext, launched: Launched, until: WaitUntil, note?: string): Promise<TaskEnd> {
  const { plan, run, status } = context;
  const { taskArn, generation } = launched;
  const shownState = { ...shownLaunch(context, launched), taskArn, ...(note !== undefined && { note }) };
  status.set({ step: 'transform', ...shownState });
  const wait = () =>
    awaitTask.executeWithOptions(shown(summaryOf(context, launched), awaitBounds(plan)), [
      { plan, run, generation, taskArn, until },
    ]);
  const polled = wait();
  const told = condition(() => status.isSaidToBeStopped(taskArn)).then(() => undefined);
  const first = await Promise.race([polled, told]);
  if (first) return first;
  // The first wait comes to the same end with its next look, and nobody listens to it any more.
  polled.catch(() => undefined);
  return wait();
}

function awaitBounds({ timings }: Plan) {
  const bound = (timings.timeoutSeconds + definition.awaitSlackSeconds) * 1000;
  return {
    startToCloseTimeout: bound,
    scheduleToCloseTimeout: bound,
    heartbeatTimeout: timings.heartbeatSeconds * 1000,
    // The task is stopped at once: its wait would hear of a cancel only with its next heartbeat.
    cancellationType: patched(patches.stopAtOnce)
      ? ActivityCancellationType.TRY_CANCEL
      : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

function stop(context: RunContext, taskArn: string, reason: string, until: WaitUntil = 'stopped'): Promise<TaskEnd> {
  return stopTask.executeWithOptions(shown(`${context.title}: ${reason}`), [{ taskArn, reason, until }]);
}

/**
 * A launch that was not answered may have started a task all the same; so may one that was cancelled between two attempts, which
 * those of runs in flight cannot be.
 */
function mayHaveLaunched(error: unknown, { timings }: Plan): boolean {
  const type = failureTypeOf(asFailure(error));
  if (type === 'Cancelled') return timings.launchQueueSeconds !== undefined;
  return ['LaunchUnanswered', 'Throttled', 'ServiceUnavailable'].includes(type);
}

async function stopUntold(context: RunContext, reason: string, until: WaitUntil): Promise<void> {
  const { run, title } = context;
  for (const taskArn of await findTasks.executeWithOptions(shown(title), [{ run }]))
    await stop(context, taskArn, reason, until);
}

function summaryOf({ title, mode }: RunContext, { generation }: { readonly generation: number }): string {
  const purpose = describePurpose(purposeOf(mode));
  return `${title},${purpose === undefined ? '' : ` ${purpose},`} launch ${generation}`;
}

/** Which launch it is, as the status shows it. */
export function shownLaunch({ mode }: RunContext, { generation }: { readonly generation: number }) {
  const purpose = describePurpose(purposeOf(mode));
  return { generation, ...(purpose !== undefined && { purpose }) };
}
