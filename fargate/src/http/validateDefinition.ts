import { clientException } from '../api/errors';
import type { ContainerDefinition, RegisterInput } from '../api/schemas';
import { tagsProblem } from '../api/tags';
import { containerSizeProblem, storageProblem, taskSizeProblem } from './sizing';

/**
 * Checks a task definition like ECS.
 * @throws EcsError ClientException
 */
export function checkDefinition(input: RegisterInput): void {
  const problem =
    familyProblem(input.family) ??
    containersProblem(input.containerDefinitions ?? []) ??
    (isForFargate(input) ? fargateProblem(input) : undefined) ??
    containerSizeProblem(input.cpu, input.memory, input.containerDefinitions ?? []) ??
    storageProblem(input.ephemeralStorage) ??
    tagsProblem(input.tags);
  if (problem !== undefined) throw clientException(problem);
}

export function isForFargate(definition: { requiresCompatibilities?: readonly string[] | undefined }): boolean {
  return (definition.requiresCompatibilities ?? []).includes('FARGATE');
}

function familyProblem(family: string | undefined): string | undefined {
  if (family === undefined || family === '') return 'Family cannot be blank.';
  if (family.length > 255) return 'Family should be less than or equal to 255 characters long.';
  return /^[A-Za-z0-9_-]+$/.test(family) ? undefined : 'Family contains invalid characters.';
}

function containersProblem(containers: readonly ContainerDefinition[]): string | undefined {
  if (containers.length === 0) return 'Container list cannot be empty.';
  const names = containers.map(({ name }) => name);
  // The name is also a folder name here.
  if (!names.every((name) => /^[A-Za-z0-9_-]{1,255}$/.test(name))) return 'Container.name contains invalid characters.';
  if (new Set(names).size < names.length) return 'Container names must be unique within a task definition.';
  if (containers.some(({ image }) => image === '')) return 'Container.image should not be null or empty.';
  if (!containers.some(({ essential }) => essential !== false)) {
    return 'At least one container in the task definition must be essential.';
  }
  return undefined;
}

function fargateProblem(input: RegisterInput): string | undefined {
  if (input.networkMode !== 'awsvpc') return "Fargate only supports network mode 'awsvpc'.";
  const slow = input.containerDefinitions?.find(
    ({ stopTimeout }) => (stopTimeout ?? 0) > 120 || (stopTimeout ?? 0) < 0,
  );
  if (slow) return `Invalid stopTimeout for container '${slow.name}': it must be between 0 and 120 seconds on Fargate.`;
  return taskSizeProblem(input.cpu, input.memory);
}
