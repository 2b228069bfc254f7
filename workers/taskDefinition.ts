import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ECSClient, ECSServiceException } from '@aws-sdk/client-ecs';
import { buildTaskDefinition, type TaskDefinition, TaskDefinitionError } from '@etl/pipeline/taskDefinition/build';
import { createTaskDefinitionRegistrar } from '../aws/taskDefinitionRegistrar';
import { type Config, ConfigError } from './config';

const key = 'ECS_TASK_DEFINITION';

/**
 * The configuration with the ARN of a registered task definition where it names the file of one. Throws `ConfigError`
 * for a file that cannot be read or is no definition, and for a definition that ECS refuses.
 */
export async function registerTaskDefinition(config: Config, client = new ECSClient({})): Promise<Config> {
  const file = specFile(config[key]);
  if (file === undefined) return config;
  const definition = readTaskDefinition(file);
  try {
    const arn = await createTaskDefinitionRegistrar(client).ensureRegistered(definition);
    return { ...config, [key]: arn };
  } catch (error) {
    const problem = `${key}: ${file}: ECS did not register it: ${(error as Error).name}: ${(error as Error).message}`;
    throw isRefusal(error) ? new ConfigError([problem]) : new Error(problem, { cause: error });
  }
}

/** The family, where the configuration names the file of a definition; else what it names. Throws as `registerTaskDefinition`. */
export function taskDefinitionName(config: Config): string | undefined {
  const file = specFile(config[key]);
  return file === undefined ? config[key] : readTaskDefinition(file).family;
}

/** Something to mend, and not a service that is away or busy. */
function isRefusal(error: unknown): boolean {
  return error instanceof ECSServiceException && error.$fault === 'client' && !/throttl/i.test(error.name);
}

/** The path in `file:path`, `file:///path` or `path.json`; undefined for a name or an ARN. */
function specFile(configured: string | undefined): string | undefined {
  if (configured === undefined) return undefined;
  if (configured.startsWith('file://')) return fileURLToPath(configured);
  if (configured.startsWith('file:')) return configured.slice('file:'.length);
  return configured.endsWith('.json') ? configured : undefined;
}

function readTaskDefinition(file: string): TaskDefinition {
  try {
    return buildTaskDefinition(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const problems = error instanceof TaskDefinitionError ? error.problems : [(error as Error).message];
    throw new ConfigError(problems.map((problem) => `${key}: ${file}: ${problem}`));
  }
}
