/** Entry point of the worker's workflow bundle: one export per workflow type. */
export { checkLateness } from './checkLateness';
export { convertShard } from './convertShard';
export { etlPipeline } from './etlPipeline';
export { nightlyBatch } from './nightlyBatch/nightlyBatch';
export { reapTasks } from './reapTasks';
export { replaySinks } from './replaySinks';
