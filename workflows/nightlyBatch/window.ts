import { type BatchFile, fileEvent, type PartOf, partOfKey } from '@etl/pipeline/batch/fileEvent';
import { failedEnd, resultOf, shortReason } from '@etl/pipeline/batch/fileResult';
import type { FileResult } from '@etl/pipeline/batch/summary';
import { workflowTypes } from '@etl/pipeline/definition';
import { priorityOf } from '@etl/pipeline/priority';
import { summary } from '@etl/pipeline/text/markdown';
import { baseName } from '@etl/pipeline/uri';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { FollowedRun } from '../../activities/contract';
import { call } from '../calls';
import { asFailure } from '../failures';
import type { BatchState, RunningFile } from './state';

/** Runs that one wait follows: it is called again for each that ends, with all that are left. */
const followedTogether = 20;

/** Starts pipelines and hears how they end; those of an earlier run of the batch too. `ended` is told once for each file. */
export function createWindow(state: BatchState, ended: (result: FileResult) => void) {
  let starting = 0;

  const settle = (file: RunningFile, result: FileResult): void => {
    state.running = state.running.filter((each) => each !== file);
    ended(result);
  };

  const run = async (file: RunningFile): Promise<FileResult> => {
    try {
      const child = await startPipeline(state, file).finally(() => starting--);
      file.runId = child.firstExecutionRunId;
      return resultOf(file, { status: 'completed', result: await child.result() });
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        const { uri, batchDate, workflowId } = file;
        const reason = `${workflowId} is running, started by somebody else`;
        return { uri, batchDate, workflowId, outcome: 'skipped', reason };
      }
      return resultOf(file, failedEnd((error as { cause?: unknown }).cause ?? error));
    }
  };

  const follow = async (files: readonly RunningFile[]): Promise<void> => {
    for (let rest = files; rest.length > 0; ) {
      const runs = rest.map(followed);
      const told = await CancellationScope.nonCancellable(() =>
        call('awaitRuns', `${rest.length} pipelines of the run before`)({ runs }),
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
    start: (file: BatchFile): void => {
      const { uri, batchDate, workflowId } = file;
      const entry: RunningFile = { uri, batchDate, workflowId };
      state.running.push(entry);
      starting++;
      void run(entry).then((result) => settle(entry, result));
    },
    /** Hears of the files that an earlier run has started. */
    followCarried: (): void => {
      const carried = [...state.running];
      for (let from = 0; from < carried.length; from += followedTogether) {
        void follow(carried.slice(from, from + followedTogether));
      }
    },
    /** Asks the given ones to end. Those that this run has started are told by the cancelled scope itself. */
    cancel: async (files: readonly RunningFile[]): Promise<void> => {
      // One that has ended meanwhile cannot be told, and need not be.
      const tell = ({ workflowId, runId }: RunningFile) =>
        getExternalWorkflowHandle(workflowId, runId)
          .cancel()
          .catch(() => undefined);
      await Promise.all(files.map(tell));
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
