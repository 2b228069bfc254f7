import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import type { TaskSize } from '@etl/ecs/sizes';
import { TaskRunnerError } from '../activities/ports';

/** The ETL container's own limits, if the task definition sets any. Such limits apply even in a larger task. */
export interface ContainerLimits {
  readonly cpu?: number;
  readonly memory?: number;
}

/**
 * Returns the ETL container's share of a task of this size, after the sidecars' share.
 * @throws TaskRunnerError if the sidecars leave nothing
 */
export function containerSizes(definition: TaskDefinition | undefined, size: TaskSize): ContainerLimits {
  const containers = definition?.containerDefinitions ?? [];
  const etl = containers.find(({ name }) => name === etlContainerName);
  const sidecars = containers.filter((container) => container !== etl);
  const reserved = (of: (container: (typeof containers)[number]) => number | undefined) =>
    sidecars.reduce((sum, container) => sum + (of(container) ?? 0), 0);
  const cpu = size.cpu - reserved((container) => container.cpu);
  const memory = size.memoryMiB - reserved((container) => container.memory ?? container.memoryReservation);
  if (cpu <= 0 || memory <= 0) {
    const names = sidecars.map(({ name }) => name).join(', ');
    throw new TaskRunnerError(
      `a task of ${size.cpu} CPU units and ${size.memoryMiB} MiB leaves no resources for ${etlContainerName} beside ${names}: request a larger size`,
    );
  }
  return { ...(etl?.cpu && { cpu }), ...(etl?.memory && { memory }) };
}
