import { jsonBytes } from '@etl/lib/json';
import { summary } from '@etl/lib/text/markdown';
import { baseName } from '@etl/lib/uri';
import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import { fileEvent, type PartOf, partOfKey } from '@etl/pipeline/batch/fileEvent';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { failedEnd, resultOf, shortReason } from '@etl/pipeline/batch/fileResult';
import { workflowTypes } from '@etl/pipeline/definition';
import { priorityOf } from '@etl/pipeline/priority';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  patched,
  startChild,
  TerminatedFailure,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { FollowedRun } from '../../activities/contract';
import { awaitRuns, shown } from '../activities';
import { asFailure } from '../failures';
import type { BatchState, RunningFile } from './state';
import { toPipeline } from './toPipeline';

/** Runs that one wait follows: it is called again for each that ends, with all that are left. */
const followedTogether = 20;

/** What runs that began under an earlier version do in the old way. */
const patches = {
  followReset: 'follow-reset',
  cancelNewest: 'cancel-newest-run',
  startInParts: 'start-in-parts',
  boundRunning: 'bound-running',
} as const;

/** In bytes: all commands of a workflow task are one message of 4 MiB at most. */
const maxStartBytes = 1024 * 1024;
/** In bytes of JSON: what a run hands over to the next one is a payload of 2 MiB at most, with results, problems and the request. */
const maxRunningBytes = 768 * 1024;
/** In bytes, of what a running file has besides its names: the ID of its run, and why it is held. */
const runningFileBytes = 500;

function bytesOf({ uri, workflowId }: BatchFile): number {
  return jsonBytes(uri) + jsonBytes(workflowId) + runningFileBytes;
}

/** Starts pipelines and hears how they end; those of an earlier run of the batch too. `ended` is told once for each file. */
export function createWindow(state: BatchState, ended: (result: FileResult) => void) {
  let starting = 0;
  /** In bytes, of starts that no workflow task has carried yet. */
  let startBytes = 0;
  /** In bytes, of all files under way. */
  let runningBytes = state.running.reduce((sum, file) => sum + bytesOf(file), 0);
  const detailBytes = jsonBytes(state.plan.detail);
  /** Those whose runs an activity waits for, and not this run as their parent. */
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
        const reason = `${workflowId} is running, started by somebody else`;
        return { uri, batchDate, workflowId, outcome: 'skipped', reason };
      }
      const { cause = error } = error as { cause?: unknown };
      const isReset = cause instanceof TerminatedFailure && patched(patches.followReset);
      // A reset terminates a run and begins another one, whose end the parent is not notified of.
      return (isReset && (await afterReset(file))) || resultOf(file, failedEnd(cause));
    }
  };

  /** The result of the newest run, where the run of a file was reset; undefined where it cannot be found out. */
  const afterReset = async (file: RunningFile): Promise<FileResult | undefined> => {
    followedFiles.add(file);
    const told = CancellationScope.nonCancellable(() =>
      awaitRuns.executeWithOptions(shown(`${baseName(file.uri)}, terminated or reset`), [{ runs: [followed(file)] }]),
    );
    return (await told.catch(() => []))[0]?.result;
  };

  const follow = async (files: readonly RunningFile[]): Promise<void> => {
    for (let rest = files; rest.length > 0; ) {
      const runs = rest.map(followed);
      const told = await CancellationScope.nonCancellable(() =>
        awaitRuns.executeWithOptions(shown(`${rest.length} pipelines of the run before`), [{ runs }]),
      ).catch((error: unknown) =>
        rest.map((file) => ({ workflowId: file.workflowId, result: resultOf(file, failedEnd(asFailure(error))) })),
      );
      for (const { workflowId, result } of told) {
        const file = rest.find((each) => each.workflowId === workflowId);
        if (file) settle(file, result);
      }
      rest = rest.filter((file) => state.running.includes(file));
    }
  };

  return {
    /** Whether all that were started are known to have been. */
    isSettled: (): boolean => starting === 0,
    /** Whether the next start has to wait until those before it are known. */
    isLoaded: (): boolean => startBytes > maxStartBytes && patched(patches.startInParts),
    /** Whether what is under way leaves room for one more file in what the next run is handed over. */
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
    /** Hears of the files that an earlier run has started. */
    followCarried: (): void => {
      const carried = [...state.running];
      for (const file of carried) followedFiles.add(file);
      for (let from = 0; from < carried.length; from += followedTogether) {
        void follow(carried.slice(from, from + followedTogether));
      }
    },
    /**
     * Cancels all pipelines. The scope has cancelled the runs that this run has started: one that was reset since has a newer
     * run, whose end its parent waits for all the same.
     */
    cancel: async (): Promise<void> => {
      const followed = state.running.filter((file) => followedFiles.has(file));
      const own = state.running.filter(({ runId }) => runId !== undefined).filter((file) => !followedFiles.has(file));
      const cancels = followed.map((file) => toPipeline(file, (pipeline) => pipeline.cancel()));
      if (own.length > 0 && patched(patches.cancelNewest)) {
        cancels.push(...own.map(({ workflowId }) => getExternalWorkflowHandle(workflowId).cancel()));
      }
      // A pipeline may be closed already.
      await Promise.allSettled(cancels);
    },
  };
}

export type Window = ReturnType<typeof createWindow>;

function startPipeline({ plan, batch }: BatchState, file: BatchFile) {
  const partOf: PartOf = { batch: batch.workflowId, run: batch.runId, file: file.uri };
  return startChild(workflowTypes.pipeline, {
    workflowId: file.workflowId,
    args: [fileEvent(plan, file)],
    // A batch that is terminated, or goes on in a new run, leaves its pipelines running.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    priority: priorityOf({ dataset: datasetOf(file) }, plan.priority),
    memo: { [partOfKey]: partOf },
    staticSummary: summary(`${baseName(file.uri)}, ${file.batchDate}`),
  });
}

/** See `workflowId` in the pipeline's layout. */
function datasetOf({ workflowId }: BatchFile): string {
  return workflowId.split('/')[1] ?? '';
}

function followed({ uri, batchDate, workflowId, runId }: RunningFile): FollowedRun {
  return { uri, batchDate, workflowId, ...(runId !== undefined && { runId }) };
}

/** What became of a file that no pipeline is started for. */
export function withoutRun(file: BatchFile, outcome: 'skipped' | 'invalid' | 'cancelled', reason: string): FileResult {
  const { uri, batchDate, workflowId } = file;
  return { uri, batchDate, workflowId, outcome, reason: shortReason(reason) };
}
