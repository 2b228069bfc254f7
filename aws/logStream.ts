import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';

export interface LogStream {
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/**
 * Finds the log stream of a task's ETL container. Returns undefined if its definition has no CloudWatch Logs stream.
 */
export type FindLogStream = (taskArn: string) => Promise<LogStream | undefined>;

/**
 * Creates a finder that reads the task's definition. ECS forgets a task an hour after it stops; the finder then assumes
 * the definition that tasks are launched from now.
 */
export function createLogStreamFinder(
  client: ECSClient,
  settings: { readonly cluster: string; readonly taskDefinition: string },
): FindLogStream {
  const containers = new Map<string, ContainerDefinition | undefined>();

  async function definitionOf(taskArn: string): Promise<string> {
    const response = await client.send(new DescribeTasksCommand({ cluster: settings.cluster, tasks: [taskArn] }));
    return response.tasks?.[0]?.taskDefinitionArn ?? settings.taskDefinition;
  }

  async function containerOf(definition: string): Promise<ContainerDefinition | undefined> {
    // A revision never changes, but a family name may resolve to a newer revision.
    if (containers.has(definition)) return containers.get(definition);
    const response = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition }));
    const container = response.taskDefinition?.containerDefinitions?.find(({ name }) => name === etlContainerName);
    if (/:\d+$/.test(definition)) containers.set(definition, container);
    return container;
  }

  return async (taskArn) => logStreamOf(taskArn, await containerOf(await definitionOf(taskArn)));
}

/** Returns the stream `<prefix>/<container>/<task id>`. @see Amazon ECS Developer Guide, the awslogs log driver */
function logStreamOf(taskArn: string, container: ContainerDefinition | undefined): LogStream | undefined {
  const { logDriver, options = {} } = container?.logConfiguration ?? {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  const region = options['awslogs-region'];
  if (logDriver !== 'awslogs' || group === undefined || prefix === undefined || region === undefined) return undefined;
  const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1);
  return { region, group, stream: `${prefix}/${etlContainerName}/${taskId}` };
}
