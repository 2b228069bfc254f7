/** A run of the same batch is in progress. */
export class BatchRunningError extends Error {
  override readonly name = 'BatchRunningError';
  constructor(
    readonly workflowId: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`this batch is already running as workflow ${workflowId}`, options);
  }
}
