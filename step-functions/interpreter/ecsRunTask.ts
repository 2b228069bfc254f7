import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeTasksCommand,
  type ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
  type RunTaskCommandOutput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { camelCase, pascalCase } from './casing';
import { type ResourceHandler, TaskError } from './interpreter';

export interface RunTaskSettings {
  readonly client: ECSClient;
  /** Poll interval in milliseconds. In AWS, an event reports the task's end. @default 100 */
  readonly pollMs?: number;
}

const defaultPollMs = 100;

/**
 * Creates a handler for `ecs:runTask.sync` at an ECS endpoint, which returns the stopped task. It stops the task of a
 * state that timed out.
 * @throws TaskError `AmazonECS.Unknown` for a refusal, `States.TaskFailed` for a missing or nonzero exit code,
 * `ECS.<name>` for an API error
 * @see AWS Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks with Step Functions"
 */
export function createRunTask(settings: RunTaskSettings): ResourceHandler {
  return async (parameters, _state, signal) => {
    const request = camelCase(parameters) as RunTaskCommandInput;
    const { cluster } = request;
    const launched = await mapEcsErrors(run(settings.client, request));
    const [failure] = launched.failures ?? [];
    const taskArn = launched.tasks?.[0]?.taskArn;
    if (failure || taskArn === undefined) throw failed('AmazonECS.Unknown', { failures: launched.failures });
    const task = await awaitStopped(settings, { cluster, taskArn }, signal);
    const containers = task.containers ?? [];
    if (containers.length === 0 || containers.some(({ exitCode }) => exitCode !== 0))
      throw failed('States.TaskFailed', task);
    return pascalCase(task);
  };
}

/** Sends a client token, so that a retry after a lost response does not launch a second task. */
function run(client: ECSClient, request: RunTaskCommandInput): Promise<RunTaskCommandOutput> {
  return client.send(new RunTaskCommand({ ...request, clientToken: randomUUID() }));
}

interface Place {
  readonly cluster: string | undefined;
  readonly taskArn: string;
}

/** Returns the task once it is STOPPED. If the signal aborts first, stops the task and throws. */
async function awaitStopped(settings: RunTaskSettings, place: Place, signal: AbortSignal): Promise<Task> {
  const { client, pollMs = defaultPollMs } = settings;
  while (!signal.aborted) {
    const task = await mapEcsErrors(describe(client, place));
    if (task.lastStatus === 'STOPPED') return task;
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
  const { cluster, taskArn } = place;
  const reason = 'the state that ran this task has ended';
  await mapEcsErrors(client.send(new StopTaskCommand({ cluster, task: taskArn, reason })));
  throw new TaskError('States.Timeout', reason);
}

async function describe(client: ECSClient, { cluster, taskArn }: Place): Promise<Task> {
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
  const [task] = tasks;
  if (task) return task;
  throw new TaskError('States.TaskFailed', `ECS does not know the task ${taskArn}`);
}

const failed = (name: string, what: unknown): TaskError => new TaskError(name, JSON.stringify(pascalCase(what)));

async function mapEcsErrors<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TaskError) throw error;
    const { name, message } = error as Error;
    throw new TaskError(`ECS.${name}`, message);
  }
}
