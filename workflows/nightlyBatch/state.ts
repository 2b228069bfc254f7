import type { BatchFile } from '@etl/pipeline/batch/batchFile';
import { maxInFlight } from '@etl/pipeline/batch/control';
import type { FileResult } from '@etl/pipeline/batch/fileResult';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { type BatchSummary, emptySummary } from '@etl/pipeline/batch/summary';

/** Position from which the listing continues. */
export interface Cursor {
  /** First day of the listing. */
  readonly day: string;
  /** URI of the last file that was taken from the listing. */
  readonly after?: string;
}

/** A file whose pipeline is running. */
export interface RunningFile extends BatchFile {
  /** Undefined while the pipeline is being started. */
  runId?: string;
  /** Why its pipeline waits for an approval. A held file does not count toward the concurrency. */
  held?: string;
}

/** State that a run of a batch passes to the next run. Everything that grows with the number of files is bounded. */
export interface BatchState {
  readonly plan: BatchPlan;
  /** The first run of the chain. */
  readonly batch: { readonly workflowId: string; readonly runId: string };
  /** Absent once all files are listed. */
  cursor?: Cursor | undefined;
  summary: BatchSummary;
  running: RunningFile[];
  /** Files to retry, before the files that have not been started yet. */
  retries: BatchFile[];
  /** Results that are not written yet. */
  results: FileResult[];
  /** Number of result pages written. */
  pages: number;
  paused: boolean;
  maxConcurrent: number;
}

/** Returns the initial state of a batch. */
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

/** Returns whether one more file may start. Held files count only toward the limit of all files under way. */
export function hasPlace({ running, paused, maxConcurrent }: BatchState): boolean {
  const busy = running.filter(({ held }) => held === undefined).length;
  return !paused && busy < maxConcurrent && running.length < maxInFlight;
}
