import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import type { TaskSize } from '@etl/ecs/sizes';
import { TaskRunnerError } from '../activities/ports';

/** The ETL container's own limits, where the task definition sets any: a larger task alone would not give it more. */
export interface ContainerLimits {
  readonly cpu?: number;
  readonly memory?: number;
}

/** What of a task of this size the sidecars leave for the ETL container. Throws `TaskRunnerError` when that is nothing. */
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
      `a task of ${size.cpu} CPU units and ${size.memoryMiB} MiB leaves nothing for ${etlContainerName} beside ${names}: ask for more`,
    );
  }
  return { ...(etl?.cpu && { cpu }), ...(etl?.memory && { memory }) };
}
