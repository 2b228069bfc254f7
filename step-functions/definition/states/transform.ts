import { etlContainerName } from '@etl/ecs/container';
import type { Budget } from '@etl/pipeline/budgets';
import { containerEnvironment } from '@etl/pipeline/container';
import { budgets, transform as definition } from '@etl/pipeline/definition';
import { flow } from '@etl/pipeline/flow';
import { failureNames, lateConfirmName, stateNames } from '../names';
import { context, paths } from '../paths';
import { entry, numberAsText, numberReference, reference } from '../references';
import type { MachineSettings } from '../settings';
import type { State, Template } from '../types';

/**
 * Errors of RunTask for the request rate and for `failures[]`, most of which report missing capacity or a quota. A
 * limit that ECS reports as an invalid parameter has no error name to match.
 * @see https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity
 */
const limitErrors = [
  'ECS.ThrottlingException',
  'ECS.LimitExceededException',
  'ECS.AmazonECSException',
  'AmazonECS.Unknown',
];

/**
 * Returns the states that run the task. One task runs at a time. Transient failures launch a new one, within the two
 * budgets whose failures `Retry` can distinguish.
 */
export function transform(settings: MachineSettings): Record<string, State> {
  const { application, capacity } = budgets;
  return {
    [stateNames.transform]: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      Parameters: request(settings),
      ResultPath: paths.task,
      TimeoutSeconds: definition.timeoutSeconds,
      Retry: [
        // Explicit, because interpreters disagree whether States.TaskFailed matches a timeout.
        { ErrorEquals: ['States.Timeout'], MaxAttempts: 0 },
        { ...retrier(limitErrors, capacity), MaxDelaySeconds: capacity.maxIntervalSeconds },
        retrier(['States.TaskFailed'], application),
      ],
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: paths.error, Next: lateConfirmName },
        { ErrorEquals: ['States.ALL'], ResultPath: paths.error, Next: failureNames.transform.other },
      ],
      Next: stateNames[flow.transform.done],
    },
  };
}

const retrier = (ErrorEquals: string[], { intervalSeconds, maxRetries, backoffRate }: Budget) => ({
  ErrorEquals,
  IntervalSeconds: intervalSeconds,
  MaxAttempts: maxRetries,
  BackoffRate: backoffRate,
});

/**
 * Returns the RunTask request in PascalCase, as Step Functions requires. A launch type and a strategy exclude each
 * other; Spot needs a strategy.
 */
function request(settings: MachineSettings): Template {
  const { cluster, taskDefinition, subnets, securityGroups, assignPublicIp, size, spot } = settings;
  return {
    Cluster: cluster,
    TaskDefinition: taskDefinition,
    ...(spot
      ? { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] }
      : { LaunchType: 'FARGATE' }),
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: subnets,
        ...(securityGroups.length > 0 && { SecurityGroups: securityGroups }),
        AssignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    Overrides: {
      ...(size && { Cpu: String(size.cpu), Memory: String(size.memoryMiB) }),
      ContainerOverrides: [{ Name: etlContainerName, Environment: environment() }],
    },
    PropagateTags: 'TASK_DEFINITION',
  };
}

/** Returns the container's environment, with references for the values of the plan and the execution. */
function environment(): Template[] {
  const { plan, batch } = paths;
  const variables = containerEnvironment({
    inputUri: reference(`${plan}.source.uri`),
    batchDate: reference(`${batch}.batchDate`),
    dataset: reference(`${batch}.dataset`),
    source: reference(`${batch}.source`),
    destination: reference(`${plan}.destination`),
    runId: reference(context.executionName),
    // A retry is a new launch that takes over the finished work of the previous one.
    generation: numberReference(`States.Format('{}', States.MathAdd(${context.retryCount}, 1))`),
    runStartedAt: reference(context.startedAt),
    chunkRows: numberReference(numberAsText(`${plan}.chunkRows`)),
    options: {},
    // The options themselves, or their location if they are too long for an override.
    optionsUri: reference(`${paths.validation}.options`),
    // Longer than the state's timeout: a task that ends itself first would be launched again.
    timeoutSeconds: definition.timeoutSeconds + definition.selfEndSlackSeconds,
    sourceFingerprint: reference(`${plan}.source.fingerprint`),
    replaces: reference(`${plan}.replaces`),
    declaration: reference(`${plan}.declaration`),
  });
  return Object.entries(variables).map(([name, value]) => ({ Name: name, ...entry('Value', value) }));
}
