import type { BatchFile } from './batchFile';
import type { BatchPlan } from './plan';

/** Memo of a file's pipeline: the batch, by its first run, and the file for which it started the pipeline. */
export interface PartOf {
  readonly batch: string;
  readonly run: string;
  readonly file: string;
}

export const partOfKey = 'partOf';

/** Returns the event of a file's pipeline. The batch notifies about all of its files, so the pipeline does not. */
export function fileEvent(plan: BatchPlan, file: BatchFile) {
  const { uri: s3Key, batchDate } = file;
  const destination = plan.declaredDestinations ? {} : { destination: plan.destination };
  const force = plan.mode === 'all' ? { force: true } : {};
  return { detail: { ...plan.detail, ...force, s3Key, batchDate, ...destination, notifications: 'none' } };
}
