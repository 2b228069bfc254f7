import type { BatchPlan } from './plan';

/** A file of a batch, and the workflow that delivers it. */
export interface BatchFile {
  readonly uri: string;
  readonly batchDate: string;
  readonly workflowId: string;
}

/** In the memo of a file's pipeline: which batch, by the first of its runs, has started it for which file. */
export interface PartOf {
  readonly batch: string;
  readonly run: string;
  readonly file: string;
}

export const partOfKey = 'partOf';

/** The event that a file's pipeline is started with: the batch tells how all of them went, so that it does not itself. */
export function fileEvent(plan: BatchPlan, file: BatchFile) {
  const { uri: s3Key, batchDate } = file;
  const { destination } = plan;
  return { detail: { ...plan.detail, s3Key, batchDate, destination, notifications: 'none' } };
}
