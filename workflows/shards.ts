import { jsonBytes } from '@etl/lib/json';
import { summary } from '@etl/lib/text/markdown';
import { transform as definition, workflowTypes } from '@etl/pipeline/definition';
import { shardWorkflowId } from '@etl/pipeline/layout';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  type ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  sleep,
  startChild,
  TerminatedFailure,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { findTasks, shown, stopTask } from './activities';
import type { convertShard, ShardResult } from './convertShard';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import type { RunContext } from './runTask';
import type { ShardInput } from './shardInput';
import { gatherProgress } from './shardProgress';
import { withLaunches } from './transform';

/** What runs that began under an earlier version do in the old way. */
const patches = { startInParts: 'start-shards-in-parts' } as const;

/** In bytes: all commands of a workflow task are one message of 4 MiB at most. */
const maxStartBytes = 1024 * 1024;

/** What the shards of a file have in common. */
export interface Round {
  readonly of: number;
  readonly indexUri: string;
  /** Where the schema lies under which they convert again. */
  readonly reconcileUri?: string;
}

/**
 * Every shard of the file, each in a child workflow. The first one that fails for good ends the others: they are
 * cancelled, and this throws only when their tasks are STOPPED.
 */
export async function convertShards(context: RunContext, round: Round): Promise<void> {
  const { status, run } = context;
  const scope = new CancellationScope();
  const note = round.reconcileUri === undefined ? undefined : 'Converting again under a wider schema';
  let done = 0;
  let failed: ApplicationFailure | undefined;
  let underway = true;
  const show = () => {
    const progress = gathered.sum();
    const shards = { done, of: round.of };
    if (underway)
      status.set({ step: 'shards', shards, ...(progress && { progress }), ...(note !== undefined && { note }) });
  };
  const gathered = gatherProgress({ bytes: context.plan.source.bytes, shards: round.of }, show);

  const inTurn = createStartTurns(jsonBytes(context.plan));
  const one = async (number: number): Promise<void> => {
    try {
      const { launches } = await convertOne(context, round, number, inTurn);
      status.addLaunch(...launches);
      gathered.end(number);
      done += 1;
    } catch (error) {
      const reason = asFailure(error);
      const { launches = [], ...evidence } = evidenceIn(reason);
      status.addLaunch(...launches);
      // The others end because this one has failed, or all because the run was cancelled.
      if (scope.consideredCancelled) return;
      failed = failure(failureTypeOf(reason), `shard ${number}/${round.of}: ${reason.message}`, evidence);
      scope.cancel();
    }
    show();
  };

  show();
  await scope.run(() => Promise.all(Array.from({ length: round.of }, (_, index) => one(index + 1))));
  underway = false;
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`run ${run.runId} was cancelled`);
  if (failed) throw withLaunches(failed, status.launches());
}

type InTurn = <T>(start: () => Promise<T>) => Promise<T>;

/**
 * Creates the turns of starts that carry so many bytes each. Timers that have passed while no worker was there fire together, so
 * that hundreds of shards would start in one workflow task.
 */
function createStartTurns(bytes: number): InTurn {
  let starting = 0;
  const hasRoom = () => starting === 0 || (starting + 1) * bytes <= maxStartBytes;
  return async (start) => {
    while (!hasRoom() && patched(patches.startInParts)) await condition(hasRoom);
    starting++;
    try {
      return await start();
    } finally {
      starting--;
    }
  };
}

async function convertOne(context: RunContext, round: Round, number: number, inTurn: InTurn): Promise<ShardResult> {
  const { title, run } = context;
  // The pipeline itself reports the warnings of its plan.
  const plan = { ...context.plan, warnings: [] };
  const { of, indexUri, reconcileUri } = round;
  const wait = Math.floor((number - 1) / definition.shardStartsPerSecond);
  if (wait > 0) await sleep(wait * 1000);
  const workflowId = shardWorkflowId(run.workflowId, number, of);
  const mode = { kind: 'shard', number, of, indexUri, ...(reconcileUri !== undefined && { reconcileUri }) } as const;
  const child = await inTurn(() => start(workflowId, { plan, title, mode }));
  try {
    return await child.result();
  } catch (error) {
    // One that was terminated could not stop its task.
    const terminated = error instanceof ChildWorkflowFailure && error.cause instanceof TerminatedFailure;
    if (terminated)
      await CancellationScope.nonCancellable(() => stopTasksOf(context, workflowId, child.firstExecutionRunId));
    throw error;
  }
}

/** How long a shard of an earlier run of the pipeline is waited for, once it was cancelled. */
const waits = { firstSeconds: 2, backoffRate: 2, maxSeconds: 60, maxTries: 40 } as const;

/** A shard that an earlier run of the pipeline has left behind is cancelled, and comes to its end first. */
async function start(workflowId: string, input: ShardInput): Promise<ChildWorkflowHandle<typeof convertShard>> {
  for (let tries = 1; ; tries++) {
    try {
      return await startChild<typeof convertShard>(workflowTypes.shard, {
        workflowId,
        args: [input],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        staticSummary: summary(`${input.title}, shard ${input.mode.number} of ${input.mode.of}`),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (tries === waits.maxTries) throw failure('ServiceUnavailable', `workflow ${workflowId} is running already`);
      await cancelled(workflowId);
      await sleep(Math.min(waits.firstSeconds * waits.backoffRate ** (tries - 1), waits.maxSeconds) * 1000);
    }
  }
}

/** One that has ended meanwhile needs no cancel. */
async function cancelled(workflowId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

async function stopTasksOf({ title }: RunContext, workflowId: string, runId: string): Promise<void> {
  const run = { workflowId, runId, startedAt: '' };
  for (const taskArn of await findTasks.executeWithOptions(shown(title), [{ run }])) {
    await stopTask.executeWithOptions(shown(`${title}: workflow terminated`), [
      { taskArn, reason: `workflow ${workflowId} was terminated` },
    ]);
  }
}
