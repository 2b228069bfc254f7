import type { TaskEnd } from '@etl/pipeline/taskEnd';
import type { TaskDescription } from './ports';

/** What of a description tells how the task ended. */
export function endOf(task: TaskDescription): Omit<TaskEnd, 'logTail'> {
  const {
    lastStatus: _status,
    desiredStatus: _desired,
    createdAt: _created,
    tags: _tags,
    workflowId: _id,
    ...end
  } = task;
  return { ...end, status: 'stopped' };
}
