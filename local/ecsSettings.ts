import { buildTaskDefinition, type TaskDefinition } from '@etl/ecs/taskDefinition/build';
import type { TaskDefinitionSpec } from '@etl/ecs/taskDefinition/spec';

/** Cluster and task definition of the local system's worker. These names have no meaning elsewhere. */
export const localEcsSettings = {
  cluster: 'etl-local',
  taskDefinition: 'etl-local',
  subnets: ['subnet-local'],
  securityGroups: [],
  assignPublicIp: false,
};

export const localImage = 'etl-worker:local';

/**
 * Returns the task definition that `etl up` registers with the local endpoint. `environment` sets the allowed places.
 */
export function localTaskDefinition(environment: Readonly<Record<string, string>>): TaskDefinition {
  return buildTaskDefinition({
    family: localEcsSettings.taskDefinition,
    cpu: 2048,
    memoryMiB: 8192,
    etl: { image: localImage, stopTimeoutSeconds: 30, environment },
  } satisfies TaskDefinitionSpec);
}
