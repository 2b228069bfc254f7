import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/pipeline/container';
import type { TaskRequest } from '../activities/ports';

/** Where tasks run; from the worker's configuration. */
export interface EcsSettings {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
}

/**
 * The RunTask call for a request. A pure function without a clock: the same request gives the same call, which is
 * what makes the client token work.
 */
export function runTaskRequest(settings: EcsSettings, request: TaskRequest): RunTaskCommandInput {
  const { size } = request;
  const { subnets, securityGroups, assignPublicIp } = settings;
  return {
    cluster: settings.cluster,
    taskDefinition: settings.taskDefinition,
    count: 1,
    clientToken: request.clientToken,
    startedBy: request.startedBy,
    // launchType and a strategy exclude each other, and Spot needs a strategy.
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
    overrides: {
      ...(size && { cpu: String(size.cpu), memory: String(size.memoryMiB) }),
      ...(request.ephemeralStorageGiB !== undefined && {
        ephemeralStorage: { sizeInGiB: request.ephemeralStorageGiB },
      }),
      containerOverrides: [
        {
          name: etlContainerName,
          environment: Object.entries(request.environment).map(([name, value]) => ({ name, value })),
        },
      ],
    },
    tags: Object.entries(request.tags).map(([key, value]) => ({ key, value })),
    enableECSManagedTags: true,
  };
}
