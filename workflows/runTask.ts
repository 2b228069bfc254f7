import type { TaskSize } from '@etl/ecs/sizes';
import type { ContainerMode } from '@etl/pipeline/container';
import { transform as definition } from '@etl/pipeline/definition';
import { describePurpose, purposeOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { reasonOf, type TaskEnd } from '@etl/pipeline/taskEnd';
import {
  ActivityCancellationType,
  type ActivityOptions,
  CancellationScope,
  condition,
  isCancellation,
  patched,
} from '@temporalio/workflow';
import type { LaunchResult, RunIdentity } from '../activities/contract';
import { call } from './calls';
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
}

/**
 * One launch, from RunTask to the end of its task. Whatever ends the wait early (timeouts, cancel, a failure of the wait
 * itself), the task is stopped and seen STOPPED before this throws. `sawEnd` is told how the task ended, in either case.
 */
export async function runTask(context: RunContext, asked: Asked, sawEnd: (end: TaskEnd) => void): Promise<Ended> {
  const { timeoutSeconds, launchQueueSeconds } = context.plan.timings;
  let launched: Launched | undefined;
  const scope = new CancellationScope({ cancellable: true, timeout: timeoutSeconds * 1000 });
  try {
    // What it waits for its turn beside thousands of others is no part of its timeout; runs in flight had it inside.
    if (launchQueueSeconds !== undefined) launched = await launch(context, asked);
    return await scope.run(async () => {
      launched ??= await launch(context, asked);
      const end = await awaitEnd(context, launched);
      if (end.status === 'notStarted') throw failure('StartTimeout', reasonOf(end));
      sawEnd(end);
      return { ...launched, end };
    });
  } catch (error) {
    const cancelledFromOutside = CancellationScope.current().consideredCancelled;
    const timedOut = isCancellation(error) && !cancelledFromOutside;
    const why = timedOut
      ? `timeout of ${timeoutSeconds} s`
      : cancelledFromOutside
        ? 'run cancelled'
        : `run ended: ${asFailure(error).type}`;
    const known = launched;
    await CancellationScope.nonCancellable(async () => {
      if (known) sawEnd(await stop(context, known.taskArn, why));
      else if (mayHaveLaunched(error, context.plan)) await stopUntold(context, why);
    });
    if (timedOut) throw failure('Timeout', `the task was still running after ${timeoutSeconds} s and was stopped`);
    throw error;
  }
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

/** A launch whose answer nobody waits for would leave a task that nobody stops: a cancel ends only one that still waits for its turn. */
function answeredLaunch(context: RunContext, asked: Asked): Promise<LaunchResult> {
  const { plan, run, mode } = context;
  const { launchQueueSeconds } = plan.timings;
  const launchTask = (bounds: ActivityOptions) =>
    call('launchTask', summaryOf(context, asked), bounds)({ plan, run, ...asked, ...(mode && { mode }) });
  if (launchQueueSeconds === undefined) return CancellationScope.nonCancellable(() => launchTask({}));
  return launchTask({
    scheduleToCloseTimeout: launchQueueSeconds * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Polling sees the end of a task; an event of ECS, where there is a queue of them, only makes it look at once. */
async function awaitEnd(context: RunContext, launched: Launched): Promise<TaskEnd> {
  const { plan, run, status } = context;
  const { taskArn, generation } = launched;
  status.set({ step: 'transform', ...shownLaunch(context, launched), taskArn });
  const wait = () =>
    call('awaitTask', summaryOf(context, launched), awaitBounds(plan))({ plan, run, generation, taskArn });
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

function stop(context: RunContext, taskArn: string, reason: string): Promise<TaskEnd> {
  return call('stopTask', `${context.title}: ${reason}`)({ taskArn, reason });
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

async function stopUntold(context: RunContext, reason: string): Promise<void> {
  const { run, title } = context;
  for (const taskArn of await call('findTasks', title)({ run })) await stop(context, taskArn, reason);
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
