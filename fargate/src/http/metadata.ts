import type { PlainResponse } from '../api/wire';
import { statsOf } from '../run/stats';
import { describeContainer, desiredStatus, lastStatus } from '../state/lifecycle';
import type { ContainerRecord, TaskState } from '../state/records';
import type { PlainRequest, Route } from './server';

/**
 * Serves the task metadata endpoint, version 4: `$ECS_CONTAINER_METADATA_URI_V4` with its `/task`, `/stats` and
 * `/task/stats`. The token is the container's runtime ID, so that any later endpoint on the same port can answer.
 * @see Amazon ECS Developer Guide, "Task metadata endpoint version 4 for tasks on Fargate"
 */
export function createMetadataRoute(
  read: (taskId: string) => Promise<TaskState | undefined>,
  now: () => number,
): Route {
  return async ({ method, path }: PlainRequest) => {
    const [, token = '', what = ''] = /^\/v4\/([^/]+)(\/task\/stats|\/task|\/stats|)\/?$/.exec(path) ?? [];
    if (method !== 'GET' || token === '') return undefined;
    const state = /^[0-9a-f]{32}-\d+$/.test(token) ? await read(token.slice(0, 32)) : undefined;
    const container = state?.record.containers.find(({ description }) => description.runtimeId === token);
    if (!state || !container) return json(404, `V4 metadata handler: unable to get container for ${token}`);
    if (what === '/task') return json(200, taskOf(state, now()));
    if (what === '/stats') return json(200, statsOf(state, container, now()));
    if (what === '/task/stats') {
      const all = state.record.containers.map((each) => [each.description.runtimeId, statsOf(state, each, now())]);
      return json(200, Object.fromEntries(all));
    }
    return json(200, containerOf(state, container, now()));
  };
}

const json = (status: number, value: unknown): PlainResponse => ({
  status,
  body: JSON.stringify(value),
  type: 'application/json',
});

function taskOf(state: TaskState, now: number): object {
  const { record, programs, end } = state;
  const { description } = record;
  const sizeInGiB = description.ephemeralStorage?.sizeInGiB;
  const pulled = programs && { PullStartedAt: time(record.createdAt), PullStoppedAt: time(programs.startedAt) };
  return {
    Cluster: description.clusterArn,
    TaskARN: description.taskArn,
    Family: record.family,
    Revision: revisionOf(state),
    DesiredStatus: desiredStatus(state),
    KnownStatus: lastStatus(state, now),
    Limits: { CPU: Number(description.cpu) / 1024, Memory: Number(description.memory) },
    ...pulled,
    ...(end && { ExecutionStoppedAt: time(end.at) }),
    AvailabilityZone: description.availabilityZone,
    LaunchType: description.launchType,
    Containers: record.containers.map((container) => containerOf(state, container, now)),
    EphemeralStorageMetrics: { Reserved: (sizeInGiB ?? 0) * 1024 },
  };
}

function containerOf(state: TaskState, container: ContainerRecord, now: number): object {
  const { record, programs } = state;
  const { description, name, image } = container;
  const { lastStatus: status, exitCode } = describeContainer(container, state, lastStatus(state, now));
  const { taskArn, clusterArn, memory } = record.description;
  return {
    DockerId: description.runtimeId,
    Name: name,
    DockerName: name,
    Image: image,
    Labels: {
      'com.amazonaws.ecs.cluster': clusterArn,
      'com.amazonaws.ecs.container-name': name,
      'com.amazonaws.ecs.task-arn': taskArn,
      'com.amazonaws.ecs.task-definition-family': record.family,
      'com.amazonaws.ecs.task-definition-version': revisionOf(state),
    },
    DesiredStatus: desiredStatus(state),
    KnownStatus: status,
    ...(exitCode !== undefined && { ExitCode: exitCode }),
    Limits: { CPU: Number(description.cpu), Memory: Number(description.memory ?? memory) },
    CreatedAt: time(record.createdAt),
    ...(programs && { StartedAt: time(programs.startedAt) }),
    Type: 'NORMAL',
    ContainerARN: description.containerArn,
    Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: ['127.0.0.1'] }],
  };
}

const revisionOf = ({ record }: TaskState) => record.description.taskDefinitionArn?.split(':').at(-1) ?? '';
const time = (milliseconds: number) => new Date(milliseconds).toISOString();
