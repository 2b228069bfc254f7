import { taskId } from './arns';
import type { Context } from './context';
import { isForgotten } from './lifecycle';
import type { TaskState } from './records';

/** The task of this id or ARN, as ECS knows it in this cluster: undefined for one that it has never had or forgotten. */
export async function findTask(context: Context, cluster: string, idOrArn: string): Promise<TaskState | undefined> {
  const id = taskId(idOrArn, cluster);
  const state = id === undefined ? undefined : await context.launcher.observe(id);
  return state?.record.cluster === cluster && !isForgotten(state, context.now()) ? state : undefined;
}
