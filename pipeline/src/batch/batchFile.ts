/** A file of a batch, and the workflow that delivers it. */
export interface BatchFile {
  readonly uri: string;
  readonly batchDate: string;
  readonly workflowId: string;
}
