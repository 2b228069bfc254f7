import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import { localEcsSettings } from '../../local/ecsSettings';
import { stopTasks } from '../../local/system/parts';
import type { Side } from './side';

/**
 * Returns the tasks of an ended run with their billed time. A task that a timed-out state left running is stopped
 * first, and awaited until STOPPED, because it is billed too. No other run may have tasks at this endpoint.
 */
export async function endedTasks(client: ECSClient, runId: string): Promise<Side['tasks']> {
  const { cluster } = localEcsSettings;
  await stopTasks(client);
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks.filter((task) => runIdOf(task) === runId).flatMap(billedTask);
}

function runIdOf({ overrides }: Task): string | undefined {
  const container = overrides?.containerOverrides?.find(({ name }) => name === etlContainerName);
  return container?.environment?.find(({ name }) => name === 'RUN_ID')?.value;
}

/**
 * Returns the billed time of a task. Fargate bills from the image pull to the stop; a task without a pull or a start
 * costs nothing.
 */
function billedTask({ cpu, memory, pullStartedAt, startedAt, stoppedAt, capacityProviderName }: Task): Side['tasks'] {
  const from = pullStartedAt ?? startedAt;
  if (!from || !stoppedAt) return [];
  const size = { cpu: Number(cpu), memoryMiB: Number(memory) };
  const seconds = Math.max(0, stoppedAt.getTime() - from.getTime()) / 1000;
  return [{ size, spot: capacityProviderName === 'FARGATE_SPOT', seconds }];
}
