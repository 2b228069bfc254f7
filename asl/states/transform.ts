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
 * What RunTask is refused with for the request rate, and for `failures[]`, of which most are missing capacity or a quota. A limit in the
 * disguise of a bad parameter has no name of its own.
 * @see https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity
 */
const limitErrors = [
  'ECS.ThrottlingException',
  'ECS.LimitExceededException',
  'ECS.AmazonECSException',
  'AmazonECS.Unknown',
];

/** One task at a time, and new ones for what may go away, by the two budgets whose failures `Retry` can tell apart. */
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
        // Said, and not left to how an interpreter reads States.TaskFailed.
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

/** RunTask, PascalCase as Step Functions wants it. A launch type and a strategy exclude each other; Spot needs a strategy. */
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

/** The container's own contract, with references where the plan and the execution have the values. */
function environment(): Template[] {
  const { plan, batch } = paths;
  const variables = containerEnvironment({
    inputUri: reference(`${plan}.source.uri`),
    batchDate: reference(`${batch}.batchDate`),
    dataset: reference(`${batch}.dataset`),
    source: reference(`${batch}.source`),
    destination: reference(`${plan}.destination`),
    runId: reference(context.executionName),
    // A retry is a new launch: it takes over what the one before it has finished.
    generation: numberReference(`States.Format('{}', States.MathAdd(${context.retryCount}, 1))`),
    runStartedAt: reference(context.startedAt),
    chunkRows: numberReference(numberAsText(`${plan}.chunkRows`)),
    options: {},
    // The text itself, or where it lies when it is too long for an override.
    optionsUri: reference(`${paths.validation}.options`),
    // Later than the state's: a task that ended itself would be launched again.
    timeoutSeconds: definition.timeoutSeconds + definition.selfEndSlackSeconds,
    sourceFingerprint: reference(`${plan}.source.fingerprint`),
    replaces: reference(`${plan}.replaces`),
  });
  return Object.entries(variables).map(([name, value]) => ({ Name: name, ...entry('Value', value) }));
}
