import { type FailedLaunch, nextLaunch } from '@etl/pipeline/budgets';
import { evidenceOf } from '@etl/pipeline/evidence';
import { budgetOf, type FailureType } from '@etl/pipeline/failures';
import { type Launch, launchOf } from '@etl/pipeline/launches';
import type { Plan } from '@etl/pipeline/plan';
import { failureOf, reasonOf } from '@etl/pipeline/taskEnd';
import { type ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import { call } from './calls';
import { commitMissing, confirmed, type Delivered } from './confirmed';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { goesOnAsTask, runLight } from './runLight';
import { type Asked, type Ended, type RunContext, runTask } from './runTask';

/**
 * Converts in the plan's lane, or runs the task, until the batch is delivered: one generation after the other, each only after the one before it was
 * seen STOPPED. Relaunching is this loop, within the plan's budgets; Temporal's own retries are for API errors alone.
 * Throws the failure of the last generation, or the cancellation.
 */
export async function transform(context: RunContext): Promise<Delivered> {
  const { plan, status } = context;
  const failed: FailedLaunch[] = [];
  let asked: Asked = plan.compute.lane === 'light' ? { generation: 1, lane: 'light', spot: false } : asTask(plan, 1);
  for (;;) {
    try {
      return await runGeneration(context, asked);
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = asFailure(error);
      if (asked.lane === 'light' && goesOnAsTask(failure, plan)) {
        asked = asTask(plan, asked.generation + 1);
        continue;
      }
      failed.push(failedLaunch(failureTypeOf(failure), asked, status.launches().at(-1)));
      const next = nextLaunch(plan.budgets, plan.compute, failed, Math.random());
      if (!next.again) {
        const delivered = await deliveredAllTheSame(context, failed);
        if (delivered) return delivered;
        throw withHistory(failure, failed.length > 1 ? next.why : undefined, status.launches());
      }
      status.set({ step: 'wait', generation: asked.generation, note: describeWait(failure, asked, next.delaySeconds) });
      await sleep(next.delaySeconds * 1000);
      const generation = asked.generation + 1;
      if (asked.lane === 'light') asked = { ...asked, generation };
      else asked = { generation, spot: next.spot, ...(next.size && { size: next.size }) };
    }
  }
}

function asTask({ compute: { spot, size } }: Plan, generation: number): Asked {
  return { generation, spot, ...(size && { size }) };
}

/**
 * A task may have been lost between its commit and its end, as often as its budget allowed: what readers see as delivered
 * must not be a failed run. A failure that is never tried again has told for certain.
 */
async function deliveredAllTheSame(
  { plan, run, title }: RunContext,
  failed: readonly FailedLaunch[],
): Promise<Delivered | undefined> {
  if (failed.every(({ failureType }) => budgetOf(failureType) === 'none')) return undefined;
  try {
    const commit = await call('confirmCommit', title)({ plan, run });
    return commit.kind === 'delivered' && commit.byThisRun ? commit : undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    // Nobody can tell: what the task failed of is what there is to say.
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
  const shown = launches.slice(-maxShownLaunches);
  return failure(failureTypeOf(failed), reason, { ...evidenceIn(failed), launches: shown });
}

/** A run may wait for capacity a hundred times; memo and failure have room for so many launches. */
export const maxShownLaunches = 20;

/** One launch and what it brought; it is written down however it ends. */
async function runGeneration(context: RunContext, asked: Asked): Promise<Delivered> {
  const { status } = context;
  let launch: Launch = { ...asked, lane: asked.lane ?? 'fargate' };
  try {
    if (asked.lane === 'light') {
      const delivered = await runLight(context, asked.generation, (ended) => {
        launch = ended;
      });
      status.addLaunch(launch);
      return delivered;
    }
    const ended = await runTask(context, asked, (end) => {
      launch = { ...launch, ...launchOf(asked, end) };
    });
    status.set({ step: 'confirm', generation: asked.generation, taskArn: ended.taskArn });
    const delivered = await settle(context, ended);
    status.addLaunch(launch);
    return delivered;
  } catch (error) {
    const failed = asFailure(error);
    status.addLaunch({ ...launch, failureType: failureTypeOf(failed), reason: failed.message });
    throw error;
  }
}

/** What the end of the task means for the batch. Throws what it failed of. */
async function settle(context: RunContext, { end, generation }: Ended): Promise<Delivered> {
  const failed = failureOf(end);
  const evidence = evidenceOf(generation, end);
  // A task that ECS forgot may have delivered all the same: the commit log knows.
  if (failed !== undefined && failed !== 'OutcomeUnknown') throw failure(failed, reasonOf(end), evidence);
  const otherwise = failed ? failure(failed, reasonOf(end), evidence) : commitMissing(evidence);
  return confirmed(context, evidence, otherwise);
}
