import { cut } from '@etl/lib/capped';
import { type FailedLaunch, nextLaunch } from '@etl/pipeline/budgets';
import type { ContainerMode } from '@etl/pipeline/container';
import { failureOf } from '@etl/pipeline/failures/classify';
import { budgetOf, type FailureType, finalTypeOf } from '@etl/pipeline/failures/table';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { type Launch, launchOf, purposeOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { costProblem } from '@etl/pipeline/prices/costLimit';
import { type ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { Delivered } from './confirmed';
import { recordLaunch } from './facts';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { checksAgain, committedByThisRun, mayHaveFinished } from './finalCheck';
import { continuesAsTask, runLight } from './runLight';
import { awaitStopped, type Ended, type LaunchRequest, type RunContext, runTask, shownLaunch } from './runTask';
import { settleCommit } from './settle';

/** Work that is launched repeatedly until it is done. */
export interface Work<Result> {
  /** What the task does. @default the whole conversion */
  readonly mode?: ContainerMode;
  /**
   * Returns the result of a task that has ended.
   * @throws the failure of the task
   */
  readonly settle: (context: RunContext, ended: Ended) => Promise<Result>;
  /** Does the work in the light lane. Absent for work that needs a task. */
  readonly light?: (context: RunContext, generation: number, onTaskEnd: (launch: Launch) => void) => Promise<Result>;
  /**
   * Checks whether launches of these generations did the work although their ends do not prove it: a task may be lost,
   * or never be reported STOPPED, after it has done its work.
   */
  readonly finalCheck: (context: RunContext, generations: readonly number[]) => Promise<Result | undefined>;
}

/** The conversion from the source to the commit. */
export const conversion: Work<Delivered> = {
  settle: settleCommit,
  light: runLight,
  finalCheck: (context) => committedByThisRun(context),
};

/**
 * Launches tasks, or calls the light lane if the plan selects it, until the work is done: one generation at a time,
 * each only after the previous one was seen STOPPED. This loop relaunches within the plan's budgets; Temporal's own
 * retries are only for API errors.
 * @throws the failure of the last generation, or the cancellation
 */
export async function transform<Result>(run: RunContext, work: Work<Result>): Promise<Result> {
  const context: RunContext = { ...run, ...(work.mode && { mode: work.mode }) };
  const { plan, status } = context;
  const failed: FailedLaunch[] = [];
  const tried: number[] = [];
  const inLightLane = plan.compute.lane === 'light' && work.light !== undefined;
  const first = context.nextGeneration();
  let request: LaunchRequest = inLightLane ? { generation: first, lane: 'light', spot: false } : asTask(plan, first);
  // A plan of an earlier version has no cost limit, so its replay does not change.
  const costProblemOf = (launch: LaunchRequest) =>
    costProblem(plan, status.launches(), { ...launch, ...(context.mode && { mode: context.mode }) });
  /** Ends a run that cannot pay for its next launch, unless an earlier launch did the work. */
  const endAtLimit = async (problem: string): Promise<Result> => {
    const mayBeDone = mayHaveFinished(failed.map(({ failureType }) => failureType));
    const done = mayBeDone && (await work.finalCheck(context, tried));
    if (done) return done;
    throw withLaunches(failure('CostLimit', problem), status.launches());
  };
  const tooExpensive = costProblemOf(request);
  if (tooExpensive !== undefined) return endAtLimit(tooExpensive);
  for (;;) {
    tried.push(request.generation);
    try {
      return await runGeneration(context, work, request);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const reason = asFailure(error);
      if (request.lane === 'light' && continuesAsTask(reason, plan)) {
        const done = checksAgain() && (await work.finalCheck(context, tried));
        if (done) return done;
        request = asTask(plan, context.nextGeneration());
        const tooExpensive = costProblemOf(request);
        if (tooExpensive !== undefined) return endAtLimit(tooExpensive);
        continue;
      }
      failed.push(failedLaunch(failureTypeOf(reason), request, status.launches().at(-1)));
      const next = nextLaunch(plan.budgets, plan.compute, failed, Math.random());
      if (!next.again) {
        const done =
          mayHaveFinished(failed.map(({ failureType }) => failureType)) && (await work.finalCheck(context, tried));
        if (done) return done;
        throw withHistory(reason, failed.length > 1 ? next.why : undefined, status.launches());
      }
      const note = describeWait(reason, request, next.delaySeconds);
      const generation = context.nextGeneration();
      const following: LaunchRequest =
        request.lane === 'light'
          ? { ...request, generation }
          : { generation, spot: next.spot, ...(next.size && { size: next.size }) };
      const tooExpensive = costProblemOf(following);
      if (tooExpensive !== undefined) return endAtLimit(tooExpensive);
      const retryAt = new Date(Date.now() + next.delaySeconds * 1000).toISOString();
      status.set({ step: 'wait', ...shownLaunch(context, request), note, retryAt });
      await sleep(next.delaySeconds * 1000, { summary: `launch ${generation} after ${reason.type}` });
      request = following;
    }
  }
}

function asTask({ compute: { spot, size } }: Plan, generation: number): LaunchRequest {
  return { generation, spot, ...(size && { size }) };
}

/** Returns the failed launch with its size: the size that ECS reports, since the task definition may have set it. */
function failedLaunch(failureType: FailureType, request: LaunchRequest, launch: Launch | undefined): FailedLaunch {
  const size = launch?.size ?? request.size;
  return { failureType, spot: request.spot, ...(size && { size }) };
}

function describeWait(failed: ApplicationFailure, { generation }: LaunchRequest, delaySeconds: number): string {
  return `Launch ${generation} failed (${failed.type}: ${failed.message}); next launch in ${Number(delaySeconds.toFixed(1))} s`;
}

/** Returns the last failure with the reason why no launch follows, and with all launches as evidence. */
function withHistory(
  failed: ApplicationFailure,
  why: string | undefined,
  launches: readonly Launch[],
): ApplicationFailure {
  const reason = why === undefined ? failed.message : `${failed.message} (${why})`;
  return withLaunches(failure(finalTypeOf(failureTypeOf(failed)), reason, evidenceIn(failed)), launches);
}

/** Returns the failure with the latest launches as evidence. */
export function withLaunches(failed: ApplicationFailure, launches: readonly Launch[]): ApplicationFailure {
  return failure(failureTypeOf(failed), failed.message, { ...evidenceIn(failed), launches });
}

/** Longest reason of a launch, in characters: a failure may carry twenty launches. */
const maxLaunchReason = 500;

/** Runs one launch and records it, whatever its outcome. */
async function runGeneration<Result>(context: RunContext, work: Work<Result>, request: LaunchRequest): Promise<Result> {
  const { status, mode, plan } = context;
  let launch: Launch = { ...request, ...purposeOf(mode), lane: request.lane ?? 'fargate' };
  const add = (ended: Launch): void => {
    status.addLaunch(ended);
    recordLaunch(plan.batch, ended);
  };
  try {
    if (request.lane === 'light' && work.light) {
      const done = await work.light(context, request.generation, (ended) => {
        launch = ended;
      });
      add(launch);
      return done;
    }
    const onTaskEnd = (end: TaskEnd): void => {
      launch = { ...launch, ...launchOf(request, end, plan.prices) };
    };
    const done = await settled(context, work, await runTask(context, request, onTaskEnd), onTaskEnd);
    add(launch);
    return done;
  } catch (error) {
    const failed = asFailure(error);
    add({ ...launch, failureType: failureTypeOf(failed), reason: cut(failed.message, maxLaunchReason) });
    throw error;
  }
}

/**
 * Settles a task as soon as its container has ended: ECS may report the task STOPPED much later, or never. If the
 * outcome requires a new launch, settles only once the task is STOPPED, since two tasks must never write at the same
 * time.
 */
async function settled<Result>(
  context: RunContext,
  work: Work<Result>,
  ended: Ended,
  onTaskEnd: (end: TaskEnd) => void,
): Promise<Result> {
  const settle = (task: Ended): Promise<Result> => {
    context.status.set({ step: 'confirm', ...shownLaunch(context, task), taskArn: task.taskArn });
    return work.settle(context, task);
  };
  if (ended.end.status !== 'ended') return settle(ended);
  try {
    return await settle(ended);
  } catch (error) {
    if (isCancellation(error) || budgetOf(failureTypeOf(asFailure(error))) === 'none') throw error;
  }
  // After a success the commit log has already been checked.
  const done = failureOf(ended.end) && (await work.finalCheck(context, [ended.generation]));
  return done || settle(await awaitStopped(context, ended, onTaskEnd));
}
