import { createHash } from 'node:crypto';
import { DescribeTaskDefinitionCommand, type ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '@etl/ecs/taskDefinition/build';
import { canonicalJson } from '@etl/lib/canonicalJson';
import { whileThrottled } from './whileThrottled';

/** Tag with the hash of the definition that a revision was registered from. */
export const definitionHashTag = 'etl:definition-hash';

export interface TaskDefinitionRegistrar {
  /** Returns the ARN of a revision with this definition. Registers one only if the family's newest revision differs. */
  ensureRegistered(definition: TaskDefinition): Promise<string>;
}

/**
 * ECS accepts one registration of a family at a time, so workers that start together wait for each other. In
 * milliseconds.
 */
const timeoutMs = 60_000;

/** Registrations of this process, finished or in progress. Equal definitions share one call. */
const registered = new Map<string, Promise<string>>();

/** Registers each task definition once. ECS itself creates a revision for every call, even for an equal definition. */
export function createTaskDefinitionRegistrar(client: ECSClient): TaskDefinitionRegistrar {
  return {
    async ensureRegistered(definition) {
      const hash = definitionHash(definition);
      const key = canonicalJson([await client.config.region(), await client.config.endpoint?.(), hash]);
      const known = registered.get(key);
      if (known) return known;
      const deadline = AbortSignal.timeout(timeoutMs);
      const arn = whileThrottled(() => findOrRegister(client, definition, hash), deadline);
      registered.set(key, arn);
      // Forget a failed registration: only the callers that awaited it see its error.
      arn.catch(() => registered.delete(key));
      return arn;
    },
  };
}

/** Returns the SHA-256 of a definition, in hexadecimal, independent of the order of its keys. */
export function definitionHash(definition: TaskDefinition): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}

async function findOrRegister(client: ECSClient, definition: TaskDefinition, hash: string): Promise<string> {
  const newest = await newestRevision(client, definition.family);
  if (newest?.arn !== undefined && newest.hash === hash) return newest.arn;
  const tags = [{ key: definitionHashTag, value: hash }];
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand({ ...definition, tags }));
  const arn = taskDefinition?.taskDefinitionArn;
  if (arn === undefined) throw new Error(`ECS registered ${definition.family} but returned no ARN`);
  return arn;
}

/** Returns the newest ACTIVE revision of a family, or undefined if it has none. */
async function newestRevision(client: ECSClient, family: string) {
  try {
    const request = new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] });
    const { taskDefinition, tags = [] } = await client.send(request);
    return {
      arn: taskDefinition?.taskDefinitionArn,
      hash: tags.find(({ key }) => key === definitionHashTag)?.value,
    };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ClientException' && /unable to describe/i.test(message)) return undefined;
    throw error;
  }
}
