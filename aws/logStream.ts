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

/** Where the ETL container of a task logs to; undefined where its definition has no stream of CloudWatch Logs. */
export type FindLogStream = (taskArn: string) => Promise<LogStream | undefined>;

/**
 * Finds streams through the task's definition. ECS forgets a task an hour after its end: then it is taken for one of
 * the definition that tasks are run from now.
 */
export function createLogStreamFinder(
  client: ECSClient,
  settings: { readonly cluster: string; readonly taskDefinition: string },
): FindLogStream {
  const containers = new Map<string, ContainerDefinition | undefined>();

  async function definitionOf(taskArn: string): Promise<string> {
    const answer = await client.send(new DescribeTasksCommand({ cluster: settings.cluster, tasks: [taskArn] }));
    return answer.tasks?.[0]?.taskDefinitionArn ?? settings.taskDefinition;
  }

  async function containerOf(definition: string): Promise<ContainerDefinition | undefined> {
    // A revision never changes; what a family's name means does.
    if (containers.has(definition)) return containers.get(definition);
    const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition }));
    const container = answer.taskDefinition?.containerDefinitions?.find(({ name }) => name === etlContainerName);
    if (/:\d+$/.test(definition)) containers.set(definition, container);
    return container;
  }

  return async (taskArn) => logStreamOf(taskArn, await containerOf(await definitionOf(taskArn)));
}

/** `<prefix>/<container>/<task id>`. Source: Amazon ECS, the awslogs log driver. */
function logStreamOf(taskArn: string, container: ContainerDefinition | undefined): LogStream | undefined {
  const { logDriver, options = {} } = container?.logConfiguration ?? {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  const region = options['awslogs-region'];
  if (logDriver !== 'awslogs' || group === undefined || prefix === undefined || region === undefined) return undefined;
  const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1);
  return { region, group, stream: `${prefix}/${etlContainerName}/${taskId}` };
}
