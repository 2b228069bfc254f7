import { randomBytes, randomUUID } from 'node:crypto';
import type { Attachment, Tag } from '@aws-sdk/client-ecs';
import { clusterArn, containerArn, newTaskId, taskArn } from '../api/arns';
import type { ContainerDefinition, RunTaskInput } from '../api/schemas';
import { mergeTags } from '../api/tags';
import { epochSeconds, type Wire } from '../api/wire';
import { type Images, mergeEnvironment, resolveProgram } from '../run/images';
import type { StoredDefinition } from '../state/definitionStore';
import type { ContainerRecord, TaskRecord, Timings } from '../state/records';
import { cpuUnits, memoryMiB } from './sizing';

const defaultStopTimeoutSeconds = 30;
const defaultStorageGiB = 20;

export interface TaskSource {
  readonly input: RunTaskInput;
  readonly definition: StoredDefinition;
  readonly cluster: string;
  readonly capacityProvider?: string | undefined;
  readonly images: Images;
  readonly timings: Timings;
  readonly now: number;
}

/** Builds the complete record of a new task: what to run, and the constant part of DescribeTasks. */
export function buildTask(source: TaskSource): TaskRecord {
  const { input, cluster, timings, now } = source;
  const { taskDefinition } = source.definition;
  const id = newTaskId();
  const attachment = networkInterface(input);
  const built = taskDefinition.containerDefinitions.map((container) =>
    buildContainer(source, id, container, attachment),
  );
  const startFailure = built.flatMap((one) => one.startFailure ?? []).at(0);
  const storage = input.overrides?.ephemeralStorage ?? taskDefinition.ephemeralStorage;
  const sizeInGiB = storage?.sizeInGiB ?? defaultStorageGiB;
  return {
    id,
    cluster,
    family: taskDefinition.family,
    createdAt: now,
    timings,
    ...(startFailure !== undefined && { startFailure }),
    containers: built.map((one) => one.record),
    description: {
      taskArn: taskArn(cluster, id),
      clusterArn: clusterArn(cluster),
      taskDefinitionArn: taskDefinition.taskDefinitionArn,
      availabilityZone: 'us-east-1a',
      createdAt: epochSeconds(now),
      group: input.group ?? `family:${taskDefinition.family}`,
      launchType: 'FARGATE',
      ...(source.capacityProvider !== undefined && { capacityProviderName: source.capacityProvider }),
      platformVersion:
        input.platformVersion === undefined || input.platformVersion === 'LATEST' ? '1.4.0' : input.platformVersion,
      platformFamily: 'Linux',
      ...size(input.overrides?.cpu ?? taskDefinition.cpu, input.overrides?.memory ?? taskDefinition.memory),
      ephemeralStorage: { sizeInGiB },
      fargateEphemeralStorage: { sizeInGiB },
      attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
      enableExecuteCommand: false,
      ...(input.startedBy !== undefined && { startedBy: input.startedBy }),
      overrides: overrides(source),
      attachments: [attachment],
      tags: tags(source),
      version: 1,
    },
  };
}

function buildContainer(
  { input, cluster, images }: TaskSource,
  taskId: string,
  container: ContainerDefinition,
  attachment: { id: string },
): { record: ContainerRecord; startFailure?: string } {
  const override = input.overrides?.containerOverrides?.find(({ name }) => name === container.name);
  const resolved = resolveProgram(images, container, override?.command);
  const memory = override?.memory ?? container.memory;
  const memoryReservation = override?.memoryReservation ?? container.memoryReservation;
  const description = {
    containerArn: containerArn(cluster, taskId, randomUUID()),
    taskArn: taskArn(cluster, taskId),
    name: container.name,
    image: container.image,
    runtimeId: `${taskId}-${randomBytes(5).readUIntBE(0, 5).toString().slice(0, 10)}`,
    networkBindings: [],
    networkInterfaces: [{ attachmentId: attachment.id, privateIpv4Address: '127.0.0.1' }],
    healthStatus: 'UNKNOWN' as const,
    cpu: String(override?.cpu ?? container.cpu ?? 0),
    ...(memory !== undefined && { memory: String(memory) }),
    ...(memoryReservation !== undefined && { memoryReservation: String(memoryReservation) }),
  };
  const record = {
    name: container.name,
    image: container.image,
    essential: container.essential !== false,
    environment: mergeEnvironment(container.environment, override?.environment),
    stopTimeoutSeconds: container.stopTimeout ?? defaultStopTimeoutSeconds,
    description,
  };
  if ('startFailure' in resolved) return { record, startFailure: resolved.startFailure };
  const { program } = resolved;
  return { record: { ...record, ...(program && { program, secrets: container.secrets ?? [] }) } };
}

function networkInterface({ networkConfiguration }: RunTaskInput): Wire<Attachment> & { id: string } {
  const subnet = networkConfiguration?.awsvpcConfiguration?.subnets?.[0] ?? '';
  return {
    id: randomUUID(),
    type: 'ElasticNetworkInterface',
    details: [
      { name: 'subnetId', value: subnet },
      { name: 'networkInterfaceId', value: `eni-${randomBytes(8).toString('hex')}0` },
      { name: 'privateIPv4Address', value: '127.0.0.1' },
    ],
  };
}

function size(cpu: string | undefined, memory: string | undefined) {
  return { cpu: String(cpuUnits(cpu ?? '') ?? ''), memory: String(memoryMiB(memory ?? '') ?? '') };
}

/** Returns the given overrides, with one entry for each container. */
function overrides({ input, definition }: TaskSource) {
  const given = input.overrides?.containerOverrides ?? [];
  const names = definition.taskDefinition.containerDefinitions.map(({ name }) => name);
  return {
    ...input.overrides,
    containerOverrides: names.map((name) => given.find((override) => override.name === name) ?? { name }),
    inferenceAcceleratorOverrides: [],
  };
}

function tags({ input, definition, cluster }: TaskSource): Tag[] {
  const managed = input.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster }] : [];
  const inherited = input.propagateTags === 'TASK_DEFINITION' ? definition.tags : [];
  return mergeTags(managed, inherited, input.tags ?? []);
}
