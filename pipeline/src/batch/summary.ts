/** What became of one file of a batch. */
export interface FileResult {
  readonly uri: string;
  readonly batchDate: string;
  readonly workflowId: string;
  readonly outcome: FileOutcome;
  /** Of a failed or invalid file. */
  readonly failureType?: string;
  readonly reason?: string;
  readonly rowsWritten?: number;
  readonly rowsRejected?: number;
  /** Estimated, in US dollars. */
  readonly costUsd?: number;
}

export type FileOutcome = 'delivered' | 'skipped' | 'invalid' | 'failed' | 'cancelled';

/** What a batch ends with. */
export interface BatchSummary {
  readonly dates: { readonly from: string; readonly to: string };
  readonly files: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly invalid: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly rowsWritten: number;
  readonly rowsRejected: number;
  readonly costUsd: number;
  /** Some of the files that were not delivered, with reasons; all of them are in `results`. */
  readonly problems: readonly FileResult[];
  /** Where every file's result lies: JSON lines. Absent for a batch without files. */
  readonly results?: string;
}
