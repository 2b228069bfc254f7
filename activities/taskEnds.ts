import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import type { Progress } from '@etl/pipeline/manifest';
import type { TaskDescription } from './ports';

/** Returns the fields of a description that describe the task's end. */
export function endOf(task: TaskDescription): Omit<TaskEnd, 'logTail'> {
  const {
    lastStatus: _status,
    desiredStatus: _desired,
    containerStatus: _container,
    createdAt: _created,
    tags: _tags,
    workflowId: _id,
    ...end
  } = task;
  return { ...end, status: 'stopped' };
}

/**
 * Returns whether the ETL container of a task has ended: ECS reports its end, or the container itself reports that it
 * is done. ECS may report the task STOPPED much later.
 */
export function hasEnded(task: TaskDescription | undefined, progress?: Progress): boolean {
  return task?.exitCode !== undefined || task?.containerStatus === 'STOPPED' || progress?.phase === 'done';
}

/** Returns a function to call at each poll, which returns whether the condition has held for at least `seconds`. */
export function lasting(now: () => number, seconds: number): (holds: boolean) => boolean {
  let since: number | undefined;
  return (holds) => {
    since = holds ? (since ?? now()) : undefined;
    return since !== undefined && now() - since >= seconds * 1000;
  };
}
