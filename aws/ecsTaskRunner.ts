import {
  DescribeTasksCommand,
  type ECSClient,
  type Failure,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/pipeline/container';
import { type TaskDescription, type TaskRunner, TaskRunnerError } from '../activities/ports';
import { type EcsSettings, runTaskRequest } from './runTaskRequest';

/** ECS answers these to a request it will refuse again: nothing to repeat, something to mend. */
const permanent = new Set([
  'AccessDeniedException',
  'BlockedException',
  'ClientException',
  'ClusterNotFoundException',
  'ConflictException',
  'InvalidParameterException',
  'PlatformTaskDefinitionIncompatibilityException',
  'PlatformUnknownException',
  'UnrecognizedClientException',
  'UnsupportedFeatureException',
]);

/** The task runner on ECS. Translation only: what to do about an answer is decided elsewhere. */
export function createEcsTaskRunner(client: ECSClient, settings: EcsSettings): TaskRunner {
  const { cluster } = settings;
  return {
    async run(request) {
      const answer = await permanently(client.send(new RunTaskCommand(runTaskRequest(settings, request))));
      const taskArn = answer.tasks?.[0]?.taskArn;
      if (taskArn !== undefined) return { taskArn };
      return { refused: describeFailures(answer.failures ?? []) };
    },
    async describe(taskArns) {
      if (taskArns.length === 0) return [];
      const tasks = [...taskArns];
      const answer = await client.send(new DescribeTasksCommand({ cluster, tasks, include: ['TAGS'] }));
      return (answer.tasks ?? []).flatMap((task) => describeTask(task) ?? []);
    },
    async stop(taskArn, reason) {
      try {
        await client.send(new StopTaskCommand({ cluster, task: taskArn, reason: reason.slice(0, 255) }));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
    async listRunning(startedBy) {
      const arns: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(new ListTasksCommand({ cluster, startedBy, ...(nextToken && { nextToken }) }));
        arns.push(...(page.taskArns ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return arns;
    },
  };
}

/** HTTP 200 with `failures[]` is a failure too. */
function describeFailures(failures: readonly Failure[]): string {
  if (failures.length === 0) return 'ECS returned neither a task nor a failure';
  return failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': ')).join('; ');
}

function describeTask(task: Task): TaskDescription | undefined {
  if (task.taskArn === undefined || task.lastStatus === undefined) return undefined;
  const container = task.containers?.find(({ name }) => name === etlContainerName);
  return {
    taskArn: task.taskArn,
    lastStatus: task.lastStatus,
    ...(task.stopCode !== undefined && { stopCode: task.stopCode }),
    ...(task.stoppedReason !== undefined && { stoppedReason: task.stoppedReason }),
    ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
    ...(container?.reason !== undefined && { containerReason: container.reason }),
    tags: Object.fromEntries((task.tags ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
  };
}

/** Throttling comes disguised as an invalid parameter too; its message tells. */
async function permanently<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { name, message } = error as Error;
    if (permanent.has(name) && !/rate exceeded|throttl/i.test(message)) {
      throw new TaskRunnerError(`ECS refused RunTask: ${name}: ${message}`, { cause: error });
    }
    throw error;
  }
}

/** StopTask of a task that ECS no longer knows. */
function isGone(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'InvalidParameterException' && /not found|was not found|unable to find/i.test(message);
}
