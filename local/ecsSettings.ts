import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/pipeline/container';

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
export const localTaskDefinition: RegisterTaskDefinitionCommandInput = {
  family: localEcsSettings.taskDefinition,
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '2048',
  memory: '8192',
  containerDefinitions: [{ name: etlContainerName, image: localImage, essential: true, stopTimeout: 30 }],
};
