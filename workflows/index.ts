/** What the worker's workflow bundle is made of: one export a workflow type. */
export { convertShard } from './convertShard';
export { etlPipeline } from './etlPipeline';
export { nightlyBatch } from './nightlyBatch/nightlyBatch';
export { reapTasks } from './reapTasks';
