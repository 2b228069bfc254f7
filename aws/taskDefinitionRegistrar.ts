import { createHash } from 'node:crypto';
import { DescribeTaskDefinitionCommand, type ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '@etl/ecs/taskDefinition/build';
import { canonicalJson } from '@etl/lib/canonicalJson';
import { whileThrottled } from './whileThrottled';

/** The tag that says which definition a revision was registered from. */
export const definitionHashTag = 'etl:definition-hash';

export interface TaskDefinitionRegistrar {
  /** The ARN of a revision that is this definition. Registers one only if the family's newest is another. */
  ensureRegistered(definition: TaskDefinition): Promise<string>;
}

/** ECS takes one registration of a family at a time: workers that start together wait for each other. */
const patienceMs = 60_000;

/** What was registered or is being registered by this process, whoever asks: equal definitions share one call. */
const registered = new Map<string, Promise<string>>();

/** Registers task definitions, each once. ECS itself would make a revision of every call, equal ones included. */
export function createTaskDefinitionRegistrar(client: ECSClient): TaskDefinitionRegistrar {
  return {
    async ensureRegistered(definition) {
      const hash = definitionHash(definition);
      const key = canonicalJson([await client.config.region(), await client.config.endpoint?.(), hash]);
      const known = registered.get(key);
      if (known) return known;
      const patience = AbortSignal.timeout(patienceMs);
      const arn = whileThrottled(() => findOrRegister(client, definition, hash), patience);
      registered.set(key, arn);
      // A failure is nobody's answer but theirs who waited for it.
      arn.catch(() => registered.delete(key));
      return arn;
    },
  };
}

/** The same for equal definitions, whatever the order of their keys. */
export function definitionHash(definition: TaskDefinition): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}

async function findOrRegister(client: ECSClient, definition: TaskDefinition, hash: string): Promise<string> {
  const newest = await newestRevision(client, definition.family);
  if (newest?.arn !== undefined && newest.hash === hash) return newest.arn;
  const tags = [{ key: definitionHashTag, value: hash }];
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand({ ...definition, tags }));
  const arn = taskDefinition?.taskDefinitionArn;
  if (arn === undefined) throw new Error(`ECS registered ${definition.family} and did not say under which ARN`);
  return arn;
}

/** The newest ACTIVE revision of a family; undefined while it has none. */
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
