import { ECSClient, ECSServiceException } from '@aws-sdk/client-ecs';
import { clientSettings } from '@etl/pipeline/awsClients';
import { classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf, inWords } from '@etl/pipeline/causes/causeOf';
import { createTaskDefinitionRegistrar } from '../aws/taskDefinitionRegistrar';
import type { Config } from '../config/environment';
import { ConfigError } from '../config/errors';
import { key, readTaskDefinition, specFile } from '../config/taskDefinitionFile';

/**
 * The configuration with the ARN of a registered task definition where it names the file of one. Throws `ConfigError`
 * for a file that cannot be read or is no definition, and for a definition that ECS refuses.
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
    // A process that starts reports refused credentials at once.
    const isPermanent = cause
      ? ['BadConfiguration', 'Credentials'].includes(classOfKind(cause.kind))
      : isRefusal(error);
    const problem = `${key}: ${file}: ECS did not register it`;
    throw isPermanent ? new ConfigError([`${problem}: ${reason}`]) : new Error(problem, { cause: error });
  }
}

/** Something to repair, and not a service that is away. */
function isRefusal(error: unknown): boolean {
  return error instanceof ECSServiceException && error.$fault === 'client';
}
