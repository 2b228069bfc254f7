import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/pipeline/container';
import type { TaskSize } from '@etl/pipeline/sizes';

/** The ETL container's own limits, where the task definition sets any: a larger task alone would not give it more. */
export interface ContainerLimits {
  readonly cpu?: number;
  readonly memory?: number;
}

/** What of a task of this size the sidecars leave for the ETL container. */
export function containerSizes(definition: TaskDefinition | undefined, size: TaskSize): ContainerLimits {
  const containers = definition?.containerDefinitions ?? [];
  const etl = containers.find(({ name }) => name === etlContainerName);
  const sidecars = containers.filter((container) => container !== etl);
  const reserved = (of: (container: (typeof containers)[number]) => number | undefined) =>
    sidecars.reduce((sum, container) => sum + (of(container) ?? 0), 0);
  return {
    ...(etl?.cpu && { cpu: size.cpu - reserved(({ cpu }) => cpu) }),
    ...(etl?.memory && {
      memory: size.memoryMiB - reserved(({ memory, memoryReservation }) => memory ?? memoryReservation),
    }),
  };
}
