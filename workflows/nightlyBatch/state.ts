import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import { maxUnderWay } from '@etl/pipeline/batch/control';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { type BatchSummary, emptySummary } from '@etl/pipeline/batch/summary';

/** Where the listing goes on. */
export interface Cursor {
  /** The day at which the listing begins. */
  readonly day: string;
  /** The URI of the last file that was taken from it. */
  readonly after?: string;
}

/** A file whose pipeline is under way. */
export interface RunningFile extends BatchFile {
  /** Unknown while it is being started. */
  runId?: string;
  /** Why its pipeline waits for an approval; it takes no place in the window then. */
  held?: string;
}

/** All that a run of a batch hands over to the next one. Whatever grows with the number of files is bounded. */
export interface BatchState {
  readonly plan: BatchPlan;
  /** By the first run of the chain. */
  readonly batch: { readonly workflowId: string; readonly runId: string };
  /** Absent when all files are listed. */
  cursor?: Cursor | undefined;
  summary: BatchSummary;
  running: RunningFile[];
  /** To be started again, before what was not started yet. */
  retries: BatchFile[];
  /** Not written yet. */
  results: FileResult[];
  /** Pages of results that were written. */
  pages: number;
  paused: boolean;
  maxConcurrent: number;
}

/** What a batch begins with. */
export function beginning(plan: BatchPlan, batch: BatchState['batch']): BatchState {
  return {
    plan,
    batch,
    cursor: { day: plan.from },
    summary: emptySummary(plan),
    running: [],
    retries: [],
    results: [],
    pages: 0,
    paused: false,
    maxConcurrent: plan.maxConcurrent,
  };
}

/** Whether one more file may be started: those that wait for an approval take a place only of all that are under way. */
export function hasPlace({ running, paused, maxConcurrent }: BatchState): boolean {
  const busy = running.filter(({ held }) => held === undefined).length;
  return !paused && busy < maxConcurrent && running.length < maxUnderWay;
}
