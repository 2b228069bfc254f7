import { describeIssue } from '@etl/lib/schemaIssues';
import { etlContainerName } from '../container';
import { type ContainerSpec, taskDefinitionSpec } from './spec';

/**
 * The fields of RegisterTaskDefinition's input that are used here. Arrays are mutable like those of the SDK's types.
 */
export interface TaskDefinition {
  family: string;
  requiresCompatibilities: ['FARGATE'];
  networkMode: 'awsvpc';
  cpu: string;
  memory: string;
  executionRoleArn?: string;
  taskRoleArn?: string;
  runtimePlatform?: { cpuArchitecture: 'X86_64' | 'ARM64'; operatingSystemFamily: 'LINUX' };
  ephemeralStorage?: { sizeInGiB: number };
  containerDefinitions: ContainerDefinition[];
}

export interface ContainerDefinition {
  name: string;
  image: string;
  essential: boolean;
  cpu?: number;
  memory?: number;
  environment?: { name: string; value: string }[];
  secrets?: { name: string; valueFrom: string }[];
  healthCheck?: { command: string[]; interval: number; timeout: number; retries: number; startPeriod: number };
  logConfiguration?: { logDriver: 'awslogs'; options: Record<string, string> };
  stopTimeout?: number;
}

/** Thrown for a specification that is not valid, with every problem. */
export class TaskDefinitionError extends Error {
  override readonly name = 'TaskDefinitionError';
  constructor(readonly problems: readonly string[]) {
    super(`invalid task definition: ${problems.join('; ')}`);
  }
}

/**
 * Builds a task definition from a specification of any origin.
 *
 * @throws {TaskDefinitionError} with every problem, each with its key
 */
export function buildTaskDefinition(input: unknown): TaskDefinition {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    throw new TaskDefinitionError(['the definition is not a JSON object: see samples/task-definition.json']);
  }
  const parsed = taskDefinitionSpec.safeParse(input);
  if (!parsed.success) {
    throw new TaskDefinitionError(parsed.error.issues.flatMap((issue) => describeIssue(issue, [], input)));
  }
  const { etl, sidecars = [], ...task } = parsed.data;
  return {
    family: task.family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(task.cpu),
    memory: String(task.memoryMiB),
    ...(task.executionRoleArn !== undefined && { executionRoleArn: task.executionRoleArn }),
    ...(task.taskRoleArn !== undefined && { taskRoleArn: task.taskRoleArn }),
    ...(task.cpuArchitecture && {
      runtimePlatform: { cpuArchitecture: task.cpuArchitecture, operatingSystemFamily: 'LINUX' },
    }),
    ...(task.ephemeralStorageGiB !== undefined && { ephemeralStorage: { sizeInGiB: task.ephemeralStorageGiB } }),
    containerDefinitions: [
      {
        ...buildContainer(etlContainerName, true, etl),
        ...(etl.healthCheck && {
          healthCheck: {
            command: etl.healthCheck.command,
            interval: etl.healthCheck.intervalSeconds,
            timeout: etl.healthCheck.timeoutSeconds,
            retries: etl.healthCheck.retries,
            startPeriod: etl.healthCheck.startPeriodSeconds,
          },
        }),
        ...(etl.stopTimeoutSeconds !== undefined && { stopTimeout: etl.stopTimeoutSeconds }),
      },
      ...sidecars.map(({ name, ...sidecar }) => buildContainer(name, false, sidecar)),
    ],
  };
}

function buildContainer(name: string, essential: boolean, spec: ContainerSpec): ContainerDefinition {
  const { image, cpu, memoryMiB, environment, secrets, logs } = spec;
  return {
    name,
    image,
    essential,
    ...(cpu !== undefined && { cpu }),
    ...(memoryMiB !== undefined && { memory: memoryMiB }),
    ...(environment && { environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })) }),
    ...(secrets && { secrets: Object.entries(secrets).map(([key, valueFrom]) => ({ name: key, valueFrom })) }),
    ...(logs && {
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': logs.group,
          'awslogs-region': logs.region,
          'awslogs-stream-prefix': logs.streamPrefix,
        },
      },
    }),
  };
}
