import { messageNames } from '@etl/pipeline/definition';
import type { EndTexts } from '@etl/pipeline/endOfRun';
import type { Launch } from '@etl/pipeline/launches';
import { type Batch, batchFields } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import type { Routing } from '@etl/pipeline/plan';
import { readTaskProgress, readTaskState } from '@etl/pipeline/runMessages';
import type { RunStatus, TaskProgress, TaskStateChange } from '@etl/pipeline/runStatus';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import { showDetails } from './details';
import { onQuery, onSignal } from './handlers';
import { statusDetails } from './statusDetails';

export const statusQuery = defineQuery<RunStatus>(messageNames.status);
export const taskProgressSignal = defineSignal<[TaskProgress]>(messageNames.taskProgress);
export const taskStateSignal = defineSignal<[TaskStateChange]>(messageNames.taskStateChanged);

/** Upper bound, far above the launches of a run: signals that name more tasks do not come from ECS. */
const maxStopped = 1000;

/** Tracks the step of the run, for both the query and the current details in the Web UI. */
export function trackStatus(title: string, onProgress: (progress: Progress) => void = () => undefined) {
  let status: RunStatus = { step: 'validate' };
  const launches: Launch[] = [];
  const reportedStopped = new Set<string>();
  let routing: Routing | undefined;
  let batch: Partial<Batch> | undefined;

  const set = (next: RunStatus): void => {
    const latest = launches.slice(-maxListedLaunches);
    const shared = { ...(batch && { batch }), ...(routing && { routing }) };
    status = { ...next, ...(latest.length > 0 && { launches: latest }), ...shared };
    showDetails(...statusDetails(title, status, launches.length));
  };

  onQuery(statusQuery, () => status, 'Current step of the run, and progress of the transform');
  onSignal(taskProgressSignal, {
    read: readTaskProgress,
    handle: ({ generation, progress }) => {
      // A signal of an earlier launch may arrive late.
      if (status.step !== 'transform' || generation !== status.generation) return;
      set({ ...status, progress });
      onProgress(progress);
    },
    description: 'Sent by the waiting activity: progress of the task',
  });
  onSignal(taskStateSignal, {
    read: readTaskState,
    handle: ({ taskArn, lastStatus }) => {
      if (lastStatus === 'STOPPED' && reportedStopped.size < maxStopped) reportedStopped.add(taskArn);
    },
    description: 'Sent for an ECS event: the task changed its status',
  });
  set(status);
  return {
    set,
    /** Ends the run. `note`: why it failed. */
    end: (end: EndTexts, note?: string): void => {
      const { failureType } = status;
      set({ step: 'done', end, ...(failureType && { failureType }), ...(note !== undefined && { note }) });
    },
    /** Adds the batch to the status. */
    identify: (known: Partial<Batch>): void => {
      batch = batchFields(known);
      set(status);
    },
    /** Adds the reasons for the routing to the status. */
    explain: (why: Routing): void => {
      routing = why;
      set(status);
    },
    routing: (): Routing | undefined => routing,
    launches: (): readonly Launch[] => launches,
    /** Adds launches that have ended. */
    addLaunch: (...ended: readonly Launch[]): void => {
      launches.push(...ended);
    },
    /** Returns whether an ECS event reported the task STOPPED. DescribeTasks has the authoritative status. */
    isReportedStopped: (taskArn: string): boolean => reportedStopped.has(taskArn),
  };
}

export type StatusTracker = ReturnType<typeof trackStatus>;

/**
 * Launches that the status lists, the latest ones: a run may wait for capacity a hundred times, or have five hundred
 * shards.
 */
const maxListedLaunches = 50;
