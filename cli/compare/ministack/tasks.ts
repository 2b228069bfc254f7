import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/pipeline/container';
import { localEcsSettings } from '../../../local/ecsSettings';
import { billedTask } from '../machine/tasks';
import type { Side } from '../side';

/** The tasks of a run that have ended. */
export async function endedTasks(ecs: ECSClient, runId: string): Promise<Side['tasks']> {
  const { cluster } = localEcsSettings;
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks.filter((task) => runIdOf(task) === runId).flatMap(billedTask);
}

function runIdOf({ overrides }: Task): string | undefined {
  const container = overrides?.containerOverrides?.find(({ name }) => name === etlContainerName);
  return container?.environment?.find(({ name }) => name === 'RUN_ID')?.value;
}
