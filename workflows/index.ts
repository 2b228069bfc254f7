/** What the worker's workflow bundle is made of: one export a workflow type. */
export { convertShard } from './convertShard';
export { etlPipeline } from './etlPipeline';
export { reapTasks } from './reapTasks';
