import type { BatchStatus } from '@etl/pipeline/batch/control';
import type { BatchSummary } from '@etl/pipeline/batch/summary';

/** Answer to the query `status`, possibly of another version. */
export type ShownStatus = Partial<BatchStatus>;
/** Output of `etl batch --json`. */
export interface BatchReport {
  readonly workflowId: string;
  readonly runId: string;
  /** Temporal's name of the status: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT. */
  readonly status: string;
  readonly failureType: string | null;
  readonly reason: string | null;
  readonly summary: BatchSummary | null;
}
