import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { localEcsSettings } from '../../../local/ecsSettings';
import { stopTasks } from '../../system/parts';
import type { Side } from '../side';

/** Every task there was. One that a timed-out state has left behind is seen STOPPED first. */
export async function endedTasks(client: ECSClient): Promise<Side['tasks']> {
  const { cluster } = localEcsSettings;
  await stopTasks(client);
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks.flatMap(billedTask);
}

/** Fargate bills from the pull of the image to the stop; nothing for a task that came to neither. */
export function billedTask({
  cpu,
  memory,
  pullStartedAt,
  startedAt,
  stoppedAt,
  capacityProviderName,
}: Task): Side['tasks'] {
  const from = pullStartedAt ?? startedAt;
  if (!from || !stoppedAt) return [];
  const size = { cpu: Number(cpu), memoryMiB: Number(memory) };
  const seconds = Math.max(0, stoppedAt.getTime() - from.getTime()) / 1000;
  return [{ size, spot: capacityProviderName === 'FARGATE_SPOT', seconds }];
}
