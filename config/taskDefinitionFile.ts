import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildTaskDefinition, type TaskDefinition, TaskDefinitionError } from '@etl/ecs/taskDefinition/build';
import type { Config } from './environment';
import { ConfigError } from './errors';

export const key = 'ECS_TASK_DEFINITION';

/**
 * Returns the family of the configured definition file; without a file, the configured name or ARN. Throws the errors
 * of `readTaskDefinition`.
 */
export function taskDefinitionName(config: Config): string | undefined {
  const file = specFile(config[key]);
  return file === undefined ? config[key] : readTaskDefinition(file).family;
}

/** Returns the path in `file:path`, `file:///path` or `path.json`; undefined for a name or an ARN. */
export function specFile(configured: string | undefined): string | undefined {
  if (configured === undefined) return undefined;
  if (configured.startsWith('file://')) return fileURLToPath(configured);
  if (configured.startsWith('file:')) return configured.slice('file:'.length);
  return configured.endsWith('.json') ? configured : undefined;
}

/**
 * Reads a task definition from a file.
 *
 * @throws {ConfigError} when the file cannot be read or is not a task definition.
 */
export function readTaskDefinition(file: string): TaskDefinition {
  try {
    return buildTaskDefinition(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const problems = error instanceof TaskDefinitionError ? error.problems : [(error as Error).message];
    throw new ConfigError(problems.map((problem) => `${key}: ${file}: ${problem}`));
  }
}
