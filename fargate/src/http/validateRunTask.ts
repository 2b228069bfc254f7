import { invalidParameter } from '../api/errors';
import type { RunTaskInput } from '../api/schemas';
import { tagsProblem } from '../api/tags';
import type { StoredDefinition } from '../state/definitionStore';
import { containerSizeProblem, storageProblem, taskSizeProblem } from './sizing';
import { isForFargate } from './validateDefinition';

const maxOverrides = 8192;

/**
 * Checks what ECS rejects in a request, whatever the task definition.
 * @throws EcsError InvalidParameterException
 */
export function checkRunTask(input: RunTaskInput): void {
  refuse(
    countProblem(input.count) ??
      tokenProblem(input.clientToken) ??
      startedByProblem(input.startedBy) ??
      placementProblem(input) ??
      overridesProblem(input.overrides) ??
      storageProblem(input.overrides?.ephemeralStorage) ??
      tagsProblem(input.tags),
  );
}

/**
 * Checks a request against its task definition.
 * @throws EcsError InvalidParameterException
 */
export function checkAgainstDefinition(input: RunTaskInput, { taskDefinition }: StoredDefinition): void {
  const { containerDefinitions } = taskDefinition;
  const overrides = input.overrides?.containerOverrides ?? [];
  const names = containerDefinitions.map(({ name }) => name);
  const unknownContainer = overrides.find(({ name }) => name === undefined || !names.includes(name));
  const cpu = input.overrides?.cpu ?? taskDefinition.cpu;
  const memory = input.overrides?.memory ?? taskDefinition.memory;
  const containers = containerDefinitions.map((container) => {
    const override = overrides.find(({ name }) => name === container.name);
    return {
      name: container.name,
      cpu: override?.cpu ?? container.cpu,
      memory: override?.memory ?? container.memory,
      memoryReservation: override?.memoryReservation ?? container.memoryReservation,
    };
  });
  refuse(
    isForFargate(taskDefinition) ? undefined : 'Task definition does not support launch_type FARGATE.',
    networkProblem(input.networkConfiguration),
    unknownContainer &&
      `Override for container named ${unknownContainer.name} is not a container in the TaskDefinition.`,
    taskSizeProblem(cpu, memory),
    containerSizeProblem(cpu, memory, containers),
  );
}

/** Throws the first problem, if any. */
function refuse(...problems: readonly (string | undefined)[]): void {
  const problem = problems.find((found) => found !== undefined);
  if (problem !== undefined) throw invalidParameter(problem);
}

function countProblem(count: number | undefined): string | undefined {
  if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= 10)) return undefined;
  return 'Invalid count: it must be between 1 and 10.';
}

function tokenProblem(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  if (token.length > 64) return 'clientToken must be at most 64 characters long.';
  return /^[\x21-\x7e]+$/.test(token) ? undefined : 'clientToken contains invalid characters.';
}

function startedByProblem(startedBy: string | undefined): string | undefined {
  if (startedBy === undefined) return undefined;
  if (startedBy.length > 128) return 'startedBy must be at most 128 characters long.';
  return /^[A-Za-z0-9_/-]*$/.test(startedBy) ? undefined : 'startedBy contains invalid characters.';
}

/** Only Fargate is supported. To ECS, a missing launch type means EC2, and local clusters have no instances. */
function placementProblem({ launchType, capacityProviderStrategy: strategy }: RunTaskInput): string | undefined {
  if (strategy !== undefined && strategy.length > 0) {
    if (launchType !== undefined) return 'Specify either launchType or capacityProviderStrategy, not both.';
    if (strategy.length > 20) return 'A capacity provider strategy can contain at most 20 capacity providers.';
    const unknown = strategy.find(({ capacityProvider }) => !/^FARGATE(_SPOT)?$/.test(capacityProvider));
    if (unknown) return `The specified capacity provider '${unknown.capacityProvider}' was not found.`;
    if (strategy.filter(({ base }) => (base ?? 0) > 0).length > 1) return 'Only one capacity provider can have a base.';
    if (strategy.every(({ weight, base }) => (weight ?? 1) === 0 && (base ?? 0) === 0)) {
      return 'At least one capacity provider must have a weight greater than 0.';
    }
    return undefined;
  }
  if (launchType === 'FARGATE') return undefined;
  if (launchType === undefined || launchType === 'EC2') return 'No Container Instances were found in your cluster.';
  return `The local endpoint does not support the launch type ${launchType}.`;
}

function networkProblem(network: RunTaskInput['networkConfiguration']): string | undefined {
  const vpc = network?.awsvpcConfiguration;
  if (!vpc) return "Network Configuration must be provided when networkMode 'awsvpc' is specified.";
  const { subnets = [], securityGroups = [], assignPublicIp } = vpc;
  if (subnets.length === 0) return 'subnets can not be empty.';
  if (subnets.length > 16) return 'subnets can have at most 16 items.';
  if (securityGroups.length > 5) return 'securityGroups can have at most 5 items.';
  if (assignPublicIp === undefined || ['ENABLED', 'DISABLED'].includes(assignPublicIp)) return undefined;
  return 'assignPublicIp must be ENABLED or DISABLED.';
}

function overridesProblem(overrides: RunTaskInput['overrides']): string | undefined {
  if (overrides === undefined || JSON.stringify(overrides).length <= maxOverrides) return undefined;
  return `Container Overrides length must be at most ${maxOverrides}`;
}
