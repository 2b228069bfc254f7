import { buildTaskDefinition } from '@etl/pipeline/taskDefinition/build';
import type { TaskDefinitionSpec } from '@etl/pipeline/taskDefinition/spec';

/** How the local system's worker asks for tasks: names that mean nothing outside of it. */
export const localEcsSettings = {
  cluster: 'etl-local',
  taskDefinition: 'etl-local',
  subnets: ['subnet-local'],
  securityGroups: [],
  assignPublicIp: false,
};

export const localImage = 'etl-worker:local';

/** The task definition that `etl up` registers with the local endpoint. */
export const localTaskDefinition = buildTaskDefinition({
  family: localEcsSettings.taskDefinition,
  cpu: 2048,
  memoryMiB: 8192,
  etl: { image: localImage, stopTimeoutSeconds: 30 },
} satisfies TaskDefinitionSpec);
