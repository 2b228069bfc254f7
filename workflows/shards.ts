import { jsonBytes } from '@etl/lib/json';
import { summary } from '@etl/lib/text/markdown';
import { transform as definition, workflowTypes } from '@etl/pipeline/definition';
import type { Launch } from '@etl/pipeline/launches';
import { shardWorkflowId } from '@etl/pipeline/layout';
import { planOfShard } from '@etl/pipeline/prices/costLimit';
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
import { findTasks, stopTask, withSummary } from './activities';
import type { convertShard, ShardResult } from './convertShard';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import type { RunContext } from './runTask';
import type { ShardInput } from './shardInput';
import { collectProgress } from './shardProgress';
import { withLaunches } from './transform';

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { startInParts: 'start-shards-in-parts' } as const;

/**
 * Largest total of start commands in a workflow task, in bytes: all commands of a task travel in one message of at most
 * 4 MiB.
 */
const maxStartBytes = 1024 * 1024;

/** Parameters that the shards of a file share. */
export interface Round {
  readonly of: number;
  readonly indexUri: string;
  /** URI of the schema for a second conversion. */
  readonly reconcileUri?: string;
}

/**
 * Converts every shard of the file, each in a child workflow. The first shard that fails for good cancels the others.
 * Throws only once their tasks are STOPPED.
 */
export async function convertShards(context: RunContext, round: Round): Promise<void> {
  const { status, run } = context;
  const scope = new CancellationScope();
  const note = round.reconcileUri === undefined ? undefined : 'Converting again with a wider schema';
  let done = 0;
  let failed: ApplicationFailure | undefined;
  let isRunning = true;
  const show = () => {
    const progress = collector.sum();
    const shards = { done, of: round.of };
    if (isRunning)
      status.set({ step: 'shards', shards, ...(progress && { progress }), ...(note !== undefined && { note }) });
  };
  const collector = collectProgress({ bytes: context.plan.source.bytes, shards: round.of }, show);

  const earlier = [...status.launches()];
  const inTurn = createStartTurns(jsonBytes(context.plan));
  const one = async (number: number): Promise<void> => {
    try {
      const { launches } = await convertOne(context, round, number, earlier, inTurn);
      status.addLaunch(...launches);
      collector.end(number);
      done += 1;
    } catch (error) {
      const reason = asFailure(error);
      const { launches = [], ...evidence } = evidenceIn(reason);
      status.addLaunch(...launches);
      // This shard was cancelled, because another shard failed or the run was cancelled.
      if (scope.consideredCancelled) return;
      failed = failure(failureTypeOf(reason), `shard ${number}/${round.of}: ${reason.message}`, evidence);
      scope.cancel();
    }
    show();
  };

  show();
  await scope.run(() => Promise.all(Array.from({ length: round.of }, (_, index) => one(index + 1))));
  isRunning = false;
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`run ${run.runId} was cancelled`);
  if (failed) throw withLaunches(failed, status.launches());
}

type InTurn = <T>(start: () => Promise<T>) => Promise<T>;

/**
 * Limits the number of concurrent starts, each of which carries `bytes` bytes. Timers that expired while no worker was
 * running fire together, and would start hundreds of shards in one workflow task.
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

async function convertOne(
  context: RunContext,
  round: Round,
  number: number,
  earlier: readonly Launch[],
  inTurn: InTurn,
): Promise<ShardResult> {
  const { title, run } = context;
  // The pipeline reports the warnings of its plan itself.
  const plan = { ...planOfShard(context.plan, earlier), warnings: [] };
  const { of, indexUri, reconcileUri } = round;
  const wait = Math.floor((number - 1) / definition.shardStartsPerSecond);
  if (wait > 0) await sleep(wait * 1000, { summary: `before the start of shard ${number} of ${round.of}` });
  const workflowId = shardWorkflowId(run.workflowId, number, of);
  const mode = { kind: 'shard', number, of, indexUri, ...(reconcileUri !== undefined && { reconcileUri }) } as const;
  const child = await inTurn(() => start(workflowId, { plan, title, mode }));
  try {
    return await child.result();
  } catch (error) {
    // A terminated child cannot stop its task.
    const terminated = error instanceof ChildWorkflowFailure && error.cause instanceof TerminatedFailure;
    if (terminated)
      await CancellationScope.nonCancellable(() => stopTasksOf(context, workflowId, child.firstExecutionRunId));
    throw error;
  }
}

/** Backoff while a cancelled shard of an earlier run of the pipeline ends. */
const waits = { firstSeconds: 2, backoffRate: 2, maxSeconds: 60, maxAttempts: 40 } as const;

/**
 * Starts a shard. If an earlier run of the pipeline left the same shard running, cancels it and waits until it has
 * ended.
 */
async function start(workflowId: string, input: ShardInput): Promise<ChildWorkflowHandle<typeof convertShard>> {
  for (let attempt = 1; ; attempt++) {
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
      if (attempt === waits.maxAttempts)
        throw failure('ServiceUnavailable', `workflow ${workflowId} is already running`);
      await requestCancel(workflowId);
      await sleep(Math.min(waits.firstSeconds * waits.backoffRate ** (attempt - 1), waits.maxSeconds) * 1000, {
        summary: `until an earlier shard ${input.mode.number} of ${input.mode.of} has ended`,
      });
    }
  }
}

/** Requests the cancellation. The workflow may already be closed; ignore the error. */
async function requestCancel(workflowId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

async function stopTasksOf({ title }: RunContext, workflowId: string, runId: string): Promise<void> {
  const run = { workflowId, runId, startedAt: '' };
  for (const taskArn of await findTasks.executeWithOptions(withSummary(title), [{ run }])) {
    await stopTask.executeWithOptions(withSummary(`${title}: workflow terminated`), [
      { taskArn, reason: `workflow ${workflowId} was terminated` },
    ]);
  }
}
