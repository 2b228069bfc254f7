import { DeregisterTaskDefinitionCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { behaviour, refused } from '../behaviour';
import { unstartable as container } from '../world';

/** Source: Amazon ECS API, RegisterTaskDefinition, DeregisterTaskDefinition, DescribeTaskDefinition. */
export const definitions = [
  behaviour('a definition is kept as revision 1, 2, …; a family means its newest', async (trial) => {
    const definition = trial.definition(container);
    const first = await trial.register(definition);
    const second = await trial.register(definition);
    expect(first).toMatch(new RegExp(`^arn:aws:ecs:us-east-1:\\d{12}:task-definition/${trial.family}:1$`));
    expect(second).toBe(first.replace(/1$/, '2'));
    const { taskDefinition } = await trial.client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: trial.family }),
    );
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: second,
      revision: 2,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
    });
  }),
  behaviour('a deregistered revision is INACTIVE; its family means the newest that is not', async (trial) => {
    await trial.register(trial.definition(container));
    const taskDefinition = await trial.register(trial.definition(container));
    const { taskDefinition: gone } = await trial.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    expect(gone).toMatchObject({ revision: 2, status: 'INACTIVE' });
    const newest = await trial.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: trial.family }));
    expect(newest.taskDefinition?.revision).toBe(1);
  }),
  behaviour('RunTask refuses a definition that is INACTIVE', async (trial) => {
    const taskDefinition = await trial.register(trial.definition(container));
    await trial.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    await refused(trial.start({ taskDefinition }), 'ClientException');
  }),
  behaviour('a definition without containers is refused', async (trial) => {
    await refused(trial.register({ ...trial.definition(), containerDefinitions: [] }), 'ClientException');
  }),
  behaviour('a definition of a size that Fargate does not have is refused', async (trial) => {
    await refused(trial.register({ ...trial.definition(container), memory: '8192' }), 'ClientException');
  }),
  behaviour('a definition whose containers together are larger than the task is refused', async (trial) => {
    const half = { ...container, more: { memory: 300 } };
    await refused(trial.register(trial.definition(half, half)), 'ClientException');
  }),
  behaviour('a definition of less than 21 or more than 200 GiB of storage is refused', async (trial) => {
    for (const sizeInGiB of [20, 201]) {
      const definition = { ...trial.definition(container), ephemeralStorage: { sizeInGiB } };
      await refused(trial.register(definition), 'ClientException');
    }
  }),
];
