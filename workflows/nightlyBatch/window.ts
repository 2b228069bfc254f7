import { jsonBytes } from '@etl/lib/json';
import { summary } from '@etl/lib/text/markdown';
import { baseName } from '@etl/lib/uri';
import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import { fileEvent, type PartOf, partOfKey } from '@etl/pipeline/batch/fileEvent';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { failedEnd, resultOf, shortReason } from '@etl/pipeline/batch/fileResult';
import { workflowTypes } from '@etl/pipeline/definition';
import { batchOfWorkflowId } from '@etl/pipeline/layout';
import { priorityOf } from '@etl/pipeline/priority';
import { type AttributePair, attributesOfBatch } from '@etl/pipeline/searchAttributes';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  patched,
  startChild,
  TerminatedFailure,
  type Workflow,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { FollowedRun } from '../../activities/contract';
import { awaitRuns, withSummary } from '../activities';
import { registeredOf } from '../attributes';
import { asFailure } from '../failures';
import type { BatchState, RunningFile } from './state';
import { toPipeline } from './toPipeline';

/** Runs that one `awaitRuns` call follows. After a run ends, the activity is called again with the remaining runs. */
const followedTogether = 20;

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = {
  followReset: 'follow-reset',
  cancelNewest: 'cancel-newest-run',
  startInParts: 'start-in-parts',
  boundRunning: 'bound-running',
} as const;

/**
 * Largest total of start commands in a workflow task, in bytes: all commands of a task travel in one message of at most
 * 4 MiB.
 */
const maxStartBytes = 1024 * 1024;
/**
 * Largest total of running files, in bytes of JSON: the next run receives them, with results, problems and the request,
 * in a payload of at most 2 MiB.
 */
const maxRunningBytes = 768 * 1024;
/** Size of a running file besides its URI and workflow ID, in bytes: its run ID, and why it is held. */
const runningFileBytes = 500;

function bytesOf({ uri, workflowId }: BatchFile): number {
  return jsonBytes(uri) + jsonBytes(workflowId) + runningFileBytes;
}

/**
 * Starts pipelines and waits for their ends, including pipelines that an earlier run of the batch started. Calls
 * `ended` once for each file.
 */
export function createWindow(state: BatchState, ended: (result: FileResult) => void) {
  let starting = 0;
  /** Size of the starts that no workflow task has carried yet, in bytes. */
  let startBytes = 0;
  /** Size of all running files, in bytes. */
  let runningBytes = state.running.reduce((sum, file) => sum + bytesOf(file), 0);
  const detailBytes = jsonBytes(state.plan.detail);
  /** Files that `awaitRuns` waits for, because this run did not start them or they were reset. */
  const followedFiles = new Set<RunningFile>();

  const settle = (file: RunningFile, result: FileResult): void => {
    state.running = state.running.filter((each) => each !== file);
    runningBytes -= bytesOf(file);
    ended(result);
  };

  const run = async (file: RunningFile): Promise<FileResult> => {
    try {
      const child = await startPipeline(state, file).finally(() => {
        starting--;
        if (starting === 0) startBytes = 0;
      });
      file.runId = child.firstExecutionRunId;
      return resultOf(file, { status: 'completed', result: await child.result() });
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        const { uri, batchDate, workflowId } = file;
        const reason = `${workflowId} is running, started by another caller`;
        return { uri, batchDate, workflowId, outcome: 'skipped', reason };
      }
      const { cause = error } = error as { cause?: unknown };
      const isReset = cause instanceof TerminatedFailure && patched(patches.followReset);
      // A reset terminates a run and starts another one, whose end the parent is not notified of.
      return (isReset && (await afterReset(file))) || resultOf(file, failedEnd(cause));
    }
  };

  /** Returns the result of the newest run of a file whose run was reset; undefined if it is unknown. */
  const afterReset = async (file: RunningFile): Promise<FileResult | undefined> => {
    followedFiles.add(file);
    const results = CancellationScope.nonCancellable(() =>
      awaitRuns.executeWithOptions(withSummary(`${baseName(file.uri)}, terminated or reset`), [
        { runs: [followed(file)] },
      ]),
    );
    return (await results.catch(() => []))[0]?.result;
  };

  const follow = async (files: readonly RunningFile[]): Promise<void> => {
    for (let rest = files; rest.length > 0; ) {
      const runs = rest.map(followed);
      const results = await CancellationScope.nonCancellable(() =>
        awaitRuns.executeWithOptions(withSummary(`${rest.length} pipelines of the previous run`), [{ runs }]),
      ).catch((error: unknown) =>
        rest.map((file) => ({ workflowId: file.workflowId, result: resultOf(file, failedEnd(asFailure(error))) })),
      );
      for (const { workflowId, result } of results) {
        const file = rest.find((each) => each.workflowId === workflowId);
        if (file) settle(file, result);
      }
      rest = rest.filter((file) => state.running.includes(file));
    }
  };

  return {
    /** Returns whether every start was acknowledged. */
    isSettled: (): boolean => starting === 0,
    /** Returns whether the next start must wait until the earlier ones are acknowledged. */
    isLoaded: (): boolean => startBytes > maxStartBytes && patched(patches.startInParts),
    /** Returns whether the state for the next run has room for one more running file. */
    hasRoom: (): boolean => runningBytes <= maxRunningBytes || !patched(patches.boundRunning),
    start: (file: BatchFile): void => {
      const { uri, batchDate, workflowId } = file;
      const entry: RunningFile = { uri, batchDate, workflowId };
      state.running.push(entry);
      starting++;
      startBytes += detailBytes + 3 * bytesOf(entry);
      runningBytes += bytesOf(entry);
      void run(entry).then((result) => settle(entry, result));
    },
    /** Follows the pipelines that an earlier run has started. */
    followInherited: (): void => {
      const inherited = [...state.running];
      for (const file of inherited) followedFiles.add(file);
      for (let from = 0; from < inherited.length; from += followedTogether) {
        void follow(inherited.slice(from, from + followedTogether));
      }
    },
    /**
     * Cancels all pipelines. The scope has already cancelled the runs that this run started, but such a run may have
     * been reset: its parent waits for the newer run, which must be cancelled too.
     */
    cancel: async (): Promise<void> => {
      const followed = state.running.filter((file) => followedFiles.has(file));
      const own = state.running.filter(({ runId }) => runId !== undefined).filter((file) => !followedFiles.has(file));
      const cancels = followed.map((file) => toPipeline(file, (pipeline) => pipeline.cancel()));
      if (own.length > 0 && patched(patches.cancelNewest)) {
        cancels.push(...own.map(({ workflowId }) => getExternalWorkflowHandle(workflowId).cancel()));
      }
      // A pipeline may already be closed.
      await Promise.allSettled(cancels);
    },
  };
}

export type Window = ReturnType<typeof createWindow>;

function startPipeline(state: BatchState, file: BatchFile): Promise<ChildWorkflowHandle<Workflow>> {
  const attributes = registeredOf(
    attributesOfBatch(batchOfWorkflowId(file.workflowId)),
    `before the start of ${baseName(file.uri)}`,
  );
  return attributes ? attributes.then((pairs) => startChildOf(state, file, pairs)) : startChildOf(state, file, []);
}

function startChildOf({ plan, batch }: BatchState, file: BatchFile, attributes: AttributePair[]) {
  const partOf: PartOf = { batch: batch.workflowId, run: batch.runId, file: file.uri };
  return startChild(workflowTypes.pipeline, {
    workflowId: file.workflowId,
    args: [fileEvent(plan, file)],
    // The pipelines keep running when a batch is terminated or continues as new.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    priority: priorityOf({ dataset: batchOfWorkflowId(file.workflowId).dataset ?? '' }, plan.priority),
    memo: { [partOfKey]: partOf },
    staticSummary: summary(`${baseName(file.uri)}, ${file.batchDate}`),
    ...(attributes.length > 0 && { typedSearchAttributes: attributes }),
  });
}

function followed({ uri, batchDate, workflowId, runId }: RunningFile): FollowedRun {
  return { uri, batchDate, workflowId, ...(runId !== undefined && { runId }) };
}

/** Returns the result of a file that no pipeline is started for. */
export function withoutRun(file: BatchFile, outcome: 'skipped' | 'invalid' | 'cancelled', reason: string): FileResult {
  const { uri, batchDate, workflowId } = file;
  return { uri, batchDate, workflowId, outcome, reason: shortReason(reason) };
}
