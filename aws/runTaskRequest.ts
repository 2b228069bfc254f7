import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import { type TaskRequest, TaskRunnerError } from '../activities/ports';
import type { ContainerLimits } from './containerSizes';

/** Placement of tasks, from the worker's configuration. */
export interface EcsSettings {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
}

/** Longest overrides, in characters of JSON. @see Amazon ECS API Reference, TaskOverride */
const maxOverrides = 8192;

/**
 * Builds the RunTask input for a request. A pure function without a clock: the same request gives the same input, which
 * keeps the client token idempotent.
 * @throws TaskRunnerError if the overrides are longer than ECS accepts
 */
export function runTaskRequest(
  settings: EcsSettings,
  request: TaskRequest,
  limits: ContainerLimits = {},
): RunTaskCommandInput {
  const { size } = request;
  const { subnets, securityGroups, assignPublicIp } = settings;
  return {
    cluster: settings.cluster,
    taskDefinition: settings.taskDefinition,
    count: 1,
    clientToken: request.clientToken,
    startedBy: request.startedBy,
    // launchType and capacityProviderStrategy exclude each other, and Spot needs a strategy.
    ...(request.spot
      ? { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
      : { launchType: 'FARGATE' }),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        ...(securityGroups.length > 0 && { securityGroups: [...securityGroups] }),
        assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    overrides: checked({
      ...(size && { cpu: String(size.cpu), memory: String(size.memoryMiB) }),
      ...(request.ephemeralStorageGiB !== undefined && {
        ephemeralStorage: { sizeInGiB: request.ephemeralStorageGiB },
      }),
      containerOverrides: [
        {
          name: etlContainerName,
          ...limits,
          environment: Object.entries(request.environment).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
    tags: Object.entries(request.tags).map(([key, value]) => ({ key, value })),
    enableECSManagedTags: true,
  };
}

function checked(overrides: NonNullable<RunTaskCommandInput['overrides']>): typeof overrides {
  const { length } = JSON.stringify(overrides);
  if (length <= maxOverrides) return overrides;
  throw new TaskRunnerError(
    `the overrides of this task have ${length} characters, more than ECS's limit of ${maxOverrides}: shorten the name of the source or of the destination`,
  );
}
