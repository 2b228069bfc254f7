import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { buildTaskDefinition, type TaskDefinition } from '@etl/ecs/taskDefinition/build';
import { createTaskDefinitionRegistrar, definitionHash, definitionHashTag } from '../../aws/taskDefinitionRegistrar';
import { clientOf, type Rig, startRig, stopRig } from '../fargate/support';

describe('the task definition registrar, on the local endpoint', () => {
  let rig: Rig;
  const clients: ECSClient[] = [];
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await stopRig(rig);
  });

  const registrar = () => {
    const client = clientOf(rig.endpoint.url);
    clients.push(client);
    return createTaskDefinitionRegistrar(client);
  };
  const definition = (family: string, image = 'etl-worker:1'): TaskDefinition =>
    buildTaskDefinition({ family, cpu: 256, memoryMiB: 512, etl: { image } });
  const revisions = async (familyPrefix: string): Promise<string[]> =>
    (await rig.client.send(new ListTaskDefinitionsCommand({ familyPrefix }))).taskDefinitionArns ?? [];
  /** Registers as another process, which has registered nothing yet. */
  const elsewhere = async (wanted: TaskDefinition): Promise<string> => {
    let fresh: typeof import('../../aws/taskDefinitionRegistrar') | undefined;
    jest.isolateModules(() => {
      fresh = jest.requireActual('../../aws/taskDefinitionRegistrar');
    });
    const client = clientOf(rig.endpoint.url);
    clients.push(client);
    return (await fresh?.createTaskDefinitionRegistrar(client).ensureRegistered(wanted)) ?? '';
  };

  test('registers one revision for 50 concurrent requests of 5 registrars', async () => {
    const registrars = Array.from({ length: 5 }, registrar);
    const asked = Array.from({ length: 50 }, (_, n) => registrars[n % 5]?.ensureRegistered(definition('fifty')));
    const arns = await Promise.all(asked);
    expect(await revisions('fifty')).toHaveLength(1);
    expect(new Set(arns)).toEqual(new Set(await revisions('fifty')));
  });

  test('a later process finds the revision, whatever the order of the keys', async () => {
    const wanted = definition('later');
    const arn = await registrar().ensureRegistered(wanted);
    const { containerDefinitions, ...rest } = wanted;
    expect(await elsewhere({ containerDefinitions, ...rest })).toBe(arn);
    expect(await revisions('later')).toEqual([arn]);
  });

  test('registers a new revision for another definition, after one by hand, and after a deregistration', async () => {
    const first = await registrar().ensureRegistered(definition('changing'));
    const second = await registrar().ensureRegistered(definition('changing', 'etl-worker:2'));
    await rig.client.send(new RegisterTaskDefinitionCommand(definition('changing', 'by-hand:1')));
    const fourth = await elsewhere(definition('changing', 'etl-worker:2'));
    await rig.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: fourth }));
    const fifth = await elsewhere(definition('changing', 'etl-worker:2'));
    expect([first, second, fourth, fifth].map((arn) => arn.split(':').at(-1))).toEqual(['1', '2', '4', '5']);
  });

  test('a rejection reaches all concurrent callers and is not cached', async () => {
    const refused = { ...definition('refused'), cpu: '300' };
    const one = registrar();
    const answers = await Promise.allSettled([one.ensureRegistered(refused), one.ensureRegistered(refused)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(one.ensureRegistered(refused)).rejects.toThrow(/No Fargate configuration exists/);
    expect(await revisions('refused')).toEqual([]);
  });

  test('ECS accepts the family etl-ventas-diarias as the builder creates it', async () => {
    const sample = join(__dirname, '..', '..', 'samples', 'task-definition.json');
    const built = buildTaskDefinition(JSON.parse(readFileSync(sample, 'utf8')));
    const arn = await registrar().ensureRegistered(built);
    const request = new DescribeTaskDefinitionCommand({ taskDefinition: 'etl-ventas-diarias', include: ['TAGS'] });
    const { taskDefinition, tags } = await rig.client.send(request);
    expect(taskDefinition?.taskDefinitionArn).toBe(arn);
    const { containerDefinitions, ...task } = built;
    expect(taskDefinition).toMatchObject(task);
    for (const [index, container] of containerDefinitions.entries())
      expect(taskDefinition?.containerDefinitions?.[index]).toMatchObject(container);
    expect(tags).toEqual([{ key: definitionHashTag, value: definitionHash(built) }]);
  });
});
