import type { BatchStatus } from '@etl/pipeline/batch/control';
import type { BatchSummary } from '@etl/pipeline/batch/summary';

/** The answer to the query `status` may be that of another version. */
export type ShownStatus = Partial<BatchStatus>;
/** What `etl batch --json` prints. */
export interface BatchReport {
  readonly workflowId: string;
  readonly runId: string;
  /** As Temporal names it: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT. */
  readonly status: string;
  readonly failureType: string | null;
  readonly reason: string | null;
  readonly summary: BatchSummary | null;
}
