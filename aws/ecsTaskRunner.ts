import {
  ConflictException,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type DesiredStatus,
  type ECSClient,
  type Failure,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandOutput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { type Refusal, refusalOf } from '@etl/pipeline/causes/refusals';
import { type RunAnswer, type TaskRunner, TaskRunnerError, ThrottledError } from '../activities/ports';
import { containerSizes } from './containerSizes';
import { ecsError, mapEcsErrors } from './ecsErrors';
import { type EcsSettings, runTaskRequest } from './runTaskRequest';
import { describeTask } from './taskDescription';

/**
 * Creates the task runner on ECS. It only translates calls and responses; callers decide how to react.
 * `withoutRetries` is a client for callers that retry a call themselves.
 * @default client
 */
export function createEcsTaskRunner(client: ECSClient, settings: EcsSettings, withoutRetries = client): TaskRunner {
  const { cluster, taskDefinition } = settings;

  async function list(desiredStatus: DesiredStatus, startedBy: string | undefined): Promise<string[]> {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const filter = { cluster, desiredStatus, ...(startedBy !== undefined && { startedBy }) };
      const page = await mapEcsErrors('ListTasks', client.send(new ListTasksCommand({ ...filter, nextToken })));
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return arns;
  }

  return {
    async run(request) {
      const definition =
        request.size &&
        (await mapEcsErrors(
          'DescribeTaskDefinition',
          client.send(new DescribeTaskDefinitionCommand({ taskDefinition })),
        ));
      const sizes = request.size && containerSizes(definition?.taskDefinition, request.size);
      const call = new RunTaskCommand(runTaskRequest(settings, request, sizes));
      type Outcome = Pick<RunTaskCommandOutput, 'tasks' | 'failures'> | ConflictException | Refused;
      const response: Outcome = await client.send(call).catch((error: unknown): Outcome => {
        if (error instanceof ConflictException) return error;
        if (isForCapacity(error, request.spot)) return { refused: (error as Error).message, cause: 'capacity' };
        throw ecsError('RunTask', error);
      });
      if (response instanceof ConflictException) return { conflict: response.resourceIds ?? [] };
      if ('refused' in response) return response;
      const taskArn = response.tasks?.[0]?.taskArn;
      return taskArn === undefined ? refusal(response.failures ?? []) : { taskArn };
    },

    async describe(taskArns, { retries = true } = {}) {
      if (taskArns.length === 0) return [];
      const call = new DescribeTasksCommand({ cluster, tasks: [...taskArns], include: ['TAGS'] });
      const response = await mapEcsErrors('DescribeTasks', (retries ? client : withoutRetries).send(call));
      return (response.tasks ?? []).flatMap((task) => describeTask(task) ?? []);
    },

    async stop(taskArn, reason) {
      try {
        await client.send(new StopTaskCommand({ cluster, task: taskArn, reason: reason.slice(0, 255) }));
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw ecsError('StopTask', error);
      }
    },

    // ListTasks filters by one desired status per call, and the desired status of a stopping task is STOPPED.
    list: async (startedBy) => [...(await list('RUNNING', startedBy)), ...(await list('STOPPED', startedBy))],
  };
}

type Refused = Extract<RunAnswer, { refused: string }>;

/**
 * Returns whether an error reports missing capacity. ECS reports quotas as errors, too. A cluster without the Spot
 * capacity provider never has Spot capacity, so the run continues on demand.
 */
function isForCapacity(error: unknown, spot: boolean): boolean {
  const { name, message } = error as Error;
  const refusal = refusalOf({ codes: [name], text: message });
  const withoutSpot = spot && name === 'InvalidParameterException' && /capacity provider/i.test(message);
  return refusal === 'capacity' || (refusal === undefined && withoutSpot);
}

/**
 * Returns the failure that an HTTP 200 response with `failures[]` reports.
 * @throws ThrottledError and TaskRunnerError, like an error with the same text
 */
function refusal(failures: readonly Failure[]): Refused {
  const reasons = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
  const refused = reasons.join('; ') || 'ECS returned neither a task nor a failure';
  const means = worst(reasons.map((text) => refusalOf({ text })));
  if (means === 'throttled') throw new ThrottledError(`ECS RunTask is throttled: ${refused}`);
  if (means === 'configuration') throw new TaskRunnerError(`ECS RunTask was refused: ${refused}`);
  return { refused, cause: means ?? 'other' };
}

/** Returns the refusal that lasts longest. */
const worst = (refusals: readonly (Refusal | undefined)[]): Refusal | undefined =>
  (['configuration', 'capacity', 'throttled'] as const).find((each) => refusals.includes(each));

/** Returns whether StopTask failed because ECS no longer knows the task. */
function isGone(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'InvalidParameterException' && /not found|unable to find/i.test(message);
}
