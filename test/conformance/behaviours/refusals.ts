import { DescribeTasksCommand, ListTasksCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { behaviour, refused } from '../behaviour';
import { override, unstartable } from '../world';

const unknown = (n: number) => n.toString(16).padStart(32, '0');
const long = override({ environment: [{ name: 'A', value: 'x'.repeat(8192) }] });

/** Requests that RunTask rejects for every definition. @see Amazon ECS API, RunTask */
const requests: [what: string, error: string, change: Partial<RunTaskCommandInput>][] = [
  [
    'a launch type together with a capacity provider strategy',
    'InvalidParameterException',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
  ],
  ['a task in awsvpc mode without subnets', 'InvalidParameterException', { networkConfiguration: undefined }],
  ['more than ten tasks', 'InvalidParameterException', { count: 11 }],
  ['overrides of more than 8,192 characters', 'InvalidParameterException', { overrides: long }],
  [
    'a size that Fargate does not support',
    'InvalidParameterException',
    { overrides: { cpu: '256', memory: '8192', ...override({}) } },
  ],
  [
    'an override of an unknown container',
    'InvalidParameterException',
    { overrides: { containerOverrides: [{ name: 'nobody' }] } },
  ],
  ['a startedBy with invalid characters', 'InvalidParameterException', { startedBy: 'a:b' }],
  ['a client token of more than 64 characters', 'InvalidParameterException', { clientToken: 'x'.repeat(65) }],
  ['an unknown cluster', 'ClusterNotFoundException', { cluster: 'nowhere' }],
  ['an unknown task definition', 'ClientException', { taskDefinition: 'nothing' }],
];

/** @see Amazon ECS API, DescribeTasks, ListTasks, StopTask */
export const refusals = [
  ...requests.map(([what, error, change]) =>
    behaviour(`RunTask rejects ${what}`, async (trial) => {
      await trial.register(trial.definition(unstartable));
      await refused(trial.start(change), error);
    }),
  ),
  behaviour('DescribeTasks rejects more than 100 tasks', async (trial) => {
    const tasks = Array.from({ length: 101 }, (_, n) => unknown(n));
    const { cluster } = trial;
    await refused(trial.client.send(new DescribeTasksCommand({ cluster, tasks })), 'InvalidParameterException');
  }),
  behaviour('DescribeTasks returns unknown tasks as failures with the reason MISSING', async (trial) => {
    const { cluster } = trial;
    const answer = await trial.client.send(new DescribeTasksCommand({ cluster, tasks: [unknown(1), unknown(2)] }));
    expect(answer.tasks).toEqual([]);
    expect(answer.failures).toEqual(
      [1, 2].map((n) => ({
        arn: expect.stringMatching(new RegExp(`^arn:aws:ecs:us-east-1:\\d{12}:task/${cluster}/${unknown(n)}$`)),
        reason: 'MISSING',
      })),
    );
  }),
  behaviour('StopTask rejects an unknown task', async (trial) => {
    await refused(trial.stop(unknown(1)), 'InvalidParameterException', /not found/);
  }),
  behaviour('ListTasks rejects another filter together with startedBy', async (trial) => {
    const request = { cluster: trial.cluster, startedBy: 'x', family: trial.family };
    await refused(trial.client.send(new ListTasksCommand(request)), 'InvalidParameterException');
  }),
];
