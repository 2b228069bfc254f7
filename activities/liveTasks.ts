import { startedBy } from './identity';
import { maxTasksPerDescribe, type TaskDescription, type TaskRunner } from './ports';

/** Returns the tasks of a workflow, of any run, that are not STOPPED yet. */
export async function liveTasks(tasks: TaskRunner, workflowId: string): Promise<TaskDescription[]> {
  return describeLive(tasks, await tasks.list(startedBy(workflowId)));
}

/** Returns the descriptions of those given tasks that are not STOPPED yet. */
export async function describeLive(tasks: TaskRunner, arns: readonly string[]): Promise<TaskDescription[]> {
  const live: TaskDescription[] = [];
  for (let from = 0; from < arns.length; from += maxTasksPerDescribe) {
    const described = await tasks.describe(arns.slice(from, from + maxTasksPerDescribe));
    live.push(...described.filter(({ lastStatus }) => lastStatus !== 'STOPPED'));
  }
  return live;
}
