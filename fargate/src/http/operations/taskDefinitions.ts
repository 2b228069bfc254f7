import { accountId, definitionArn } from '../../api/arns';
import { clientException } from '../../api/errors';
import { page } from '../../api/paging';
import { definitionInput, listDefinitionsInput, type RegisterInput, read, registerInput } from '../../api/schemas';
import { epochSeconds } from '../../api/wire';
import type { StoredDefinition } from '../../state/definitionStore';
import type { Context, Operation } from '../context';
import { cpuUnits, memoryMiB } from '../sizing';
import { checkDefinition, isForFargate } from '../validateDefinition';

/** Stores a new revision of the family. */
export const registerTaskDefinition: Operation = async (context, rawInput) => {
  const input = read(registerInput, rawInput);
  checkDefinition(input);
  const stored = await context.definitions.add(input.family ?? '', (revision) => build(input, revision, context.now()));
  return stored;
};

export const describeTaskDefinition: Operation = async (context, rawInput) => {
  const input = read(definitionInput, rawInput);
  const { taskDefinition, tags } = await requireDefinition(context, input.taskDefinition);
  return { taskDefinition, tags: (input.include ?? []).includes('TAGS') ? tags : [] };
};

/** Deactivates a revision. An INACTIVE revision can still be described, but no longer run. */
export const deregisterTaskDefinition: Operation = async (context, rawInput) => {
  const input = read(definitionInput, rawInput);
  const stored = await requireDefinition(context, input.taskDefinition);
  const deregisteredAt = epochSeconds(context.now());
  const taskDefinition = { ...stored.taskDefinition, status: 'INACTIVE' as const, deregisteredAt };
  await context.definitions.replace({ ...stored, taskDefinition });
  return { taskDefinition };
};

export const listTaskDefinitions: Operation = async (context, rawInput) => {
  const input = read(listDefinitionsInput, rawInput);
  const key = ({ taskDefinition }: StoredDefinition) =>
    `${taskDefinition.family}:${String(taskDefinition.revision).padStart(9, '0')}`;
  const status = input.status ?? 'ACTIVE';
  const wanted = (await context.definitions.all()).filter(
    ({ taskDefinition }) =>
      taskDefinition.status === status &&
      (input.familyPrefix === undefined || taskDefinition.family === input.familyPrefix),
  );
  const { items, nextToken } = page(
    wanted.sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    key,
    input,
  );
  const taskDefinitionArns = items.map(({ taskDefinition }) => taskDefinition.taskDefinitionArn);
  return { taskDefinitionArns, ...(nextToken !== undefined && { nextToken }) };
};

async function requireDefinition(context: Context, name: string | undefined): Promise<StoredDefinition> {
  const stored = await context.definitions.find(name ?? '');
  if (!stored) throw clientException('Unable to describe task definition.');
  return stored;
}

/** Returns the definition with the members that ECS fills in. */
function build(input: RegisterInput, revision: number, now: number): StoredDefinition {
  const { tags = [], family = '', cpu, memory, ...rest } = input;
  const [units, mebibytes] = [cpuUnits(cpu ?? ''), memoryMiB(memory ?? '')];
  return {
    taskDefinition: {
      volumes: [],
      placementConstraints: [],
      ...rest,
      ...(units !== undefined && { cpu: String(units) }),
      ...(mebibytes !== undefined && { memory: String(mebibytes) }),
      containerDefinitions: (input.containerDefinitions ?? []).map((container) => ({
        cpu: 0,
        portMappings: [],
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        ...container,
      })),
      taskDefinitionArn: definitionArn(family, revision),
      family,
      revision,
      status: 'ACTIVE',
      compatibilities: isForFargate(input) ? ['EC2', 'FARGATE'] : ['EC2'],
      registeredAt: epochSeconds(now),
      registeredBy: `arn:aws:iam::${accountId}:root`,
    },
    tags,
  };
}
