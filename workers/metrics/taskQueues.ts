import { taskQueues } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { TaskQueueType } = temporal.api.enums.v1;

/** Tasks that wait on one queue. A field is absent if the server does not report it. */
export interface Backlog {
  readonly tasks?: number;
  readonly ageSeconds?: number;
}

/** The kinds of tasks of each queue that workers of this package poll. */
export const polledQueues = [
  { task_queue: taskQueues.main, task_type: 'workflow' },
  ...Object.values(taskQueues).map((task_queue) => ({ task_queue, task_type: 'activity' }) as const),
] as const;

/** Deadline of a call, in milliseconds. */
const timeoutMs = 10_000;

/** Returns the backlog of a task queue. Throws the error of the server. */
export async function readBacklog(
  client: Client,
  namespace: string,
  { task_queue: name, task_type }: (typeof polledQueues)[number],
): Promise<Backlog> {
  const { stats } = await client.withDeadline(Date.now() + timeoutMs, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType:
        task_type === 'workflow' ? TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW : TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      reportStats: true,
    }),
  );
  if (!stats) return {};
  const { approximateBacklogCount: count, approximateBacklogAge: age } = stats;
  return {
    ...(count && { tasks: Number(count) }),
    ...(age && { ageSeconds: Number(age.seconds ?? 0) + (age.nanos ?? 0) / 1e9 }),
  };
}
