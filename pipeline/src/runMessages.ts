import { cut } from '@etl/lib/capped';
import { fieldsOf, isText, isWhole, type Reading } from '@etl/lib/reading';
import type { FileHeldSignal } from './batch/control';
import { progressOf } from './progress';
import type { ShardProgress, TaskProgress, TaskStateChange } from './runStatus';

/** Maximum length in characters: Temporal's limit for a workflow ID, and longer than any ARN. */
const maxId = 2048;
const maxStatus = 64;

/** Parses the signal `taskProgress`. */
export function readTaskProgress(input: unknown): Reading<TaskProgress> {
  const { generation, progress } = fieldsOf(input);
  const known = progressOf(progress);
  if (!isWhole(generation, 1) || !known) return { problem: 'expected {"generation": 1, …, "progress": {…}}' };
  return { value: { generation, progress: known } };
}

/** Parses the signal `shardProgress` of a file that `of` shards convert. */
export function readShardProgress(input: unknown, of: number): Reading<ShardProgress> {
  const { number, progress } = fieldsOf(input);
  const known = progressOf(progress);
  if (!isWhole(number, 1, of) || !known) return { problem: `expected {"number": 1 to ${of}, "progress": {…}}` };
  return { value: { number, progress: known } };
}

/** Parses the signal `taskStateChanged`. */
export function readTaskState(input: unknown): Reading<TaskStateChange> {
  const { taskArn, lastStatus } = fieldsOf(input);
  if (!isText(taskArn, maxId) || !isText(lastStatus, maxStatus))
    return { problem: 'expected {"taskArn": "arn:…", "lastStatus": "STOPPED"}' };
  return { value: { taskArn, lastStatus } };
}

/** Parses the signal `fileHeld`. */
export function readFileHeld(input: unknown): Reading<FileHeldSignal> {
  const { workflowId, reason, until } = fieldsOf(input);
  const areTexts = [reason, until].every((text) => text === undefined || typeof text === 'string');
  if (!isText(workflowId, maxId) || !areTexts)
    return { problem: 'expected {"workflowId": "…"}, with strings as reason and until' };
  return {
    value: {
      workflowId,
      ...(typeof reason === 'string' && { reason: cut(reason) }),
      ...(typeof until === 'string' && { until: cut(until, maxStatus) }),
    },
  };
}
