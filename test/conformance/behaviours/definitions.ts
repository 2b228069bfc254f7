import { DeregisterTaskDefinitionCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { behaviour, refused } from '../behaviour';
import { unstartable as container } from '../world';

/** @see Amazon ECS API, RegisterTaskDefinition, DeregisterTaskDefinition, DescribeTaskDefinition */
export const definitions = [
  behaviour(
    'RegisterTaskDefinition creates revisions 1, 2, …; a family refers to its newest revision',
    async (trial) => {
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
    },
  ),
  behaviour('a deregistered revision is INACTIVE; the family refers to the newest ACTIVE revision', async (trial) => {
    await trial.register(trial.definition(container));
    const taskDefinition = await trial.register(trial.definition(container));
    const { taskDefinition: gone } = await trial.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    expect(gone).toMatchObject({ revision: 2, status: 'INACTIVE' });
    const newest = await trial.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: trial.family }));
    expect(newest.taskDefinition?.revision).toBe(1);
  }),
  behaviour('RunTask rejects an INACTIVE task definition', async (trial) => {
    const taskDefinition = await trial.register(trial.definition(container));
    await trial.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    await refused(trial.start({ taskDefinition }), 'ClientException');
  }),
  behaviour('RegisterTaskDefinition rejects a definition without containers', async (trial) => {
    await refused(trial.register({ ...trial.definition(), containerDefinitions: [] }), 'ClientException');
  }),
  behaviour('RegisterTaskDefinition rejects a size that Fargate does not support', async (trial) => {
    await refused(trial.register({ ...trial.definition(container), memory: '8192' }), 'ClientException');
  }),
  behaviour('RegisterTaskDefinition rejects containers that together exceed the task', async (trial) => {
    const half = { ...container, more: { memory: 300 } };
    await refused(trial.register(trial.definition(half, half)), 'ClientException');
  }),
  behaviour('RegisterTaskDefinition rejects ephemeral storage below 21 or above 200 GiB', async (trial) => {
    for (const sizeInGiB of [20, 201]) {
      const definition = { ...trial.definition(container), ephemeralStorage: { sizeInGiB } };
      await refused(trial.register(definition), 'ClientException');
    }
  }),
];
