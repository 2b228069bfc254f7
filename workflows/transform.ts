import { cut } from '@etl/lib/capped';
import { type FailedLaunch, nextLaunch } from '@etl/pipeline/budgets';
import type { ContainerMode } from '@etl/pipeline/container';
import { budgetOf, type FailureType } from '@etl/pipeline/failures';
import { type Launch, launchOf, purposeOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { type ActivityOptions, type ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import { call } from './calls';
import type { Delivered } from './confirmed';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { goesOnAsTask, runLight } from './runLight';
import { type Asked, type Ended, type RunContext, runTask, shownLaunch } from './runTask';
import { settleCommit } from './settle';

/** What is launched until it is done. */
export interface Work<Result> {
  /** Absent: the whole conversion. */
  readonly mode?: ContainerMode;
  /** What the end of a task means. Throws what it failed of. */
  readonly settle: (context: RunContext, ended: Ended) => Promise<Result>;
  /** How it is done in the light lane; absent for what only tasks do. */
  readonly light?: (context: RunContext, generation: number, sawEnd: (launch: Launch) => void) => Promise<Result>;
  /** Where to look once more when no launch is left: a task may be lost after it has done what it was for. */
  readonly lastLook?: (context: RunContext) => Promise<Result | undefined>;
}

/** From the source to the commit. */
export const conversion: Work<Delivered> = {
  settle: settleCommit,
  light: runLight,
  lastLook: (context) => deliveredAllTheSame(context),
};

/**
 * Launches tasks, or what the plan's lane has instead, until the work is done: one generation after the other, each only
 * after the one before it was seen STOPPED. Relaunching is this loop, within the plan's budgets; Temporal's own retries are
 * for API errors alone.
 * Throws the failure of the last generation, or the cancellation.
 */
export async function transform<Result>(run: RunContext, work: Work<Result>): Promise<Result> {
  const context: RunContext = { ...run, ...(work.mode && { mode: work.mode }) };
  const { plan, status } = context;
  const failed: FailedLaunch[] = [];
  const inLightLane = plan.compute.lane === 'light' && work.light !== undefined;
  const first = context.nextGeneration();
  let asked: Asked = inLightLane ? { generation: first, lane: 'light', spot: false } : asTask(plan, first);
  for (;;) {
    try {
      return await runGeneration(context, work, asked);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = asFailure(error);
      if (asked.lane === 'light' && goesOnAsTask(failure, plan)) {
        asked = asTask(plan, context.nextGeneration());
        continue;
      }
      failed.push(failedLaunch(failureTypeOf(failure), asked, status.launches().at(-1)));
      const next = nextLaunch(plan.budgets, plan.compute, failed, Math.random());
      if (!next.again) {
        const done = mayHaveDone(failed) && (await work.lastLook?.(context));
        if (done) return done;
        throw withHistory(failure, failed.length > 1 ? next.why : undefined, status.launches());
      }
      status.set({
        step: 'wait',
        ...shownLaunch(context, asked),
        note: describeWait(failure, asked, next.delaySeconds),
      });
      await sleep(next.delaySeconds * 1000);
      const generation = context.nextGeneration();
      if (asked.lane === 'light') asked = { ...asked, generation };
      else asked = { generation, spot: next.spot, ...(next.size && { size: next.size }) };
    }
  }
}

function asTask({ compute: { spot, size } }: Plan, generation: number): Asked {
  return { generation, spot, ...(size && { size }) };
}

/** A failure that is never tried again has told for certain. */
const mayHaveDone = (failed: readonly FailedLaunch[]): boolean =>
  failed.some(({ failureType }) => budgetOf(failureType) !== 'none');

/**
 * A task may have been lost between its commit and its end, as often as its budget allowed: what readers see as delivered
 * must not be a failed run.
 */
export async function deliveredAllTheSame(
  { plan, run, title }: RunContext,
  bounds: ActivityOptions = {},
): Promise<Delivered | undefined> {
  try {
    const commit = await call('confirmCommit', title, bounds)({ plan, run });
    return commit.kind === 'delivered' && commit.byThisRun ? commit : undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The outcome is unknown, so the caller reports the task's own failure.
    return undefined;
  }
}

/** The size is the one ECS gave the task, which the task definition may have decided. */
function failedLaunch(failureType: FailureType, asked: Asked, launch: Launch | undefined): FailedLaunch {
  const size = launch?.size ?? asked.size;
  return { failureType, spot: asked.spot, ...(size && { size }) };
}

function describeWait(failed: ApplicationFailure, { generation }: Asked, delaySeconds: number): string {
  return `Launch ${generation} failed (${failed.type}: ${failed.message}); next launch in ${Number(delaySeconds.toFixed(1))} s`;
}

/** The last failure, with why no launch follows, and what all of them were. */
function withHistory(
  failed: ApplicationFailure,
  why: string | undefined,
  launches: readonly Launch[],
): ApplicationFailure {
  const reason = why === undefined ? failed.message : `${failed.message} (${why})`;
  return withLaunches(failure(failureTypeOf(failed), reason, evidenceIn(failed)), launches);
}

/** The failure, with the latest launches as evidence. */
export function withLaunches(failed: ApplicationFailure, launches: readonly Launch[]): ApplicationFailure {
  return failure(failureTypeOf(failed), failed.message, { ...evidenceIn(failed), launches });
}

/** Characters of a launch's reason: twenty launches travel together. */
const maxLaunchReason = 500;

/** One launch and what it brought; it is written down however it ends. */
async function runGeneration<Result>(context: RunContext, work: Work<Result>, asked: Asked): Promise<Result> {
  const { status, mode } = context;
  let launch: Launch = { ...asked, ...purposeOf(mode), lane: asked.lane ?? 'fargate' };
  try {
    if (asked.lane === 'light' && work.light) {
      const done = await work.light(context, asked.generation, (ended) => {
        launch = ended;
      });
      status.addLaunch(launch);
      return done;
    }
    const ended = await runTask(context, asked, (end) => {
      launch = { ...launch, ...launchOf(asked, end) };
    });
    status.set({ step: 'confirm', ...shownLaunch(context, asked), taskArn: ended.taskArn });
    const done = await work.settle(context, ended);
    status.addLaunch(launch);
    return done;
  } catch (error) {
    const failed = asFailure(error);
    status.addLaunch({ ...launch, failureType: failureTypeOf(failed), reason: cut(failed.message, maxLaunchReason) });
    throw error;
  }
}
