import type { Task } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import type { TaskDescription } from '../activities/ports';

/** Returns a task as activities see it, or undefined if the response lacks an ARN or a status. */
export function describeTask(task: Task): TaskDescription | undefined {
  const { taskArn, lastStatus } = task;
  if (taskArn === undefined || lastStatus === undefined) return undefined;
  // The exit code of a sidecar must not count as the ETL's.
  const container = task.containers?.find(({ name }) => name === etlContainerName);
  const size = { cpu: Number(task.cpu), memoryMiB: Number(task.memory) };
  const storage = task.ephemeralStorage?.sizeInGiB;
  const override = task.overrides?.containerOverrides?.find(({ name }) => name === etlContainerName);
  const workflowId = override?.environment?.find(({ name }) => name === 'WORKFLOW_ID')?.value;
  const facts = {
    desiredStatus: task.desiredStatus,
    createdAt: task.createdAt?.getTime(),
    pullStartedAt: task.pullStartedAt?.getTime(),
    startedAt: task.startedAt?.getTime(),
    stoppedAt: (task.stoppedAt ?? task.executionStoppedAt)?.getTime(),
    size: size.cpu > 0 && size.memoryMiB > 0 ? size : undefined,
    ephemeralStorageGiB: storage,
    spot: task.capacityProviderName === undefined ? undefined : task.capacityProviderName === 'FARGATE_SPOT',
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    containerStatus: container?.lastStatus,
    exitCode: container?.exitCode,
    containerReason: container?.reason,
    workflowId,
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return {
    taskArn,
    lastStatus,
    ...known,
    tags: Object.fromEntries((task.tags ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
  };
}
