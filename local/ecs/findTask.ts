import { taskId } from './arns';
import type { Context } from './context';
import { isForgotten } from './lifecycle';
import type { TaskState } from './records';

/** The task of this id or ARN, as ECS knows it in this cluster: undefined for one that it has never had or forgotten. */
export async function findTask(context: Context, cluster: string, idOrArn: string): Promise<TaskState | undefined> {
  const id = taskId(idOrArn, cluster);
  const state = id === undefined ? undefined : await context.launcher.observe(id);
  return isKnown(context, cluster, state) ? state : undefined;
}

/** Whether ECS knows the task in this cluster. */
export function isKnown(context: Context, cluster: string, state: TaskState | undefined): state is TaskState {
  const { now, retention } = context;
  return state?.record.cluster === cluster && !isForgotten(state, now(), retention.stoppedTaskMs);
}
