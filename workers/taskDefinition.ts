import { ECSClient, ECSServiceException } from '@aws-sdk/client-ecs';
import { clientSettings } from '@etl/pipeline/awsClients';
import { classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import { createTaskDefinitionRegistrar } from '../aws/taskDefinitionRegistrar';
import type { Config } from '../config/environment';
import { ConfigError } from '../config/errors';
import { key, readTaskDefinition, specFile } from '../config/taskDefinitionFile';

/**
 * Registers the task definition of a configured file. Returns the configuration with the ARN of the definition; without
 * a file, returns it unchanged.
 *
 * @throws {ConfigError} when the file cannot be read or is not a definition, and when ECS rejects the definition.
 */
export async function registerTaskDefinition(
  config: Config,
  client = new ECSClient({ ...clientSettings('ecs') }),
): Promise<Config> {
  const file = specFile(config[key]);
  if (file === undefined) return config;
  const definition = readTaskDefinition(file);
  try {
    const arn = await createTaskDefinitionRegistrar(client).ensureRegistered(definition);
    return { ...config, [key]: arn };
  } catch (error) {
    const cause = causeOf(error);
    const reason = cause ? inWords(cause) : `${(error as Error).name}: ${(error as Error).message}`;
    // A starting process reports refused credentials at once.
    const isPermanent = cause
      ? ['BadConfiguration', 'Credentials'].includes(classOfKind(cause.kind))
      : isRejection(error);
    const problem = `${key}: ${file}: cannot register it with ECS`;
    throw isPermanent ? new ConfigError([`${problem}: ${reason}`]) : new Error(problem, { cause: error });
  }
}

/** Returns whether ECS rejected the request, as opposed to being unavailable. */
function isRejection(error: unknown): boolean {
  return error instanceof ECSServiceException && error.$fault === 'client';
}
