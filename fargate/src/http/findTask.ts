import { taskId } from '../api/arns';
import { isForgotten } from '../state/lifecycle';
import type { TaskState } from '../state/records';
import type { Context } from './context';

/** Finds a task of this cluster by ID or ARN. Returns undefined for a task that is unknown or expired. */
export async function findTask(context: Context, cluster: string, idOrArn: string): Promise<TaskState | undefined> {
  const id = taskId(idOrArn, cluster);
  const state = id === undefined ? undefined : await context.launcher.observe(id);
  return isKnown(context, cluster, state) ? state : undefined;
}

/** Returns whether ECS still knows the task in this cluster. */
export function isKnown(context: Context, cluster: string, state: TaskState | undefined): state is TaskState {
  const { now, retention } = context;
  return state?.record.cluster === cluster && !isForgotten(state, now(), retention.stoppedTaskMs);
}
