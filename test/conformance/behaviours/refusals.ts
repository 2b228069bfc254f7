import { DescribeTasksCommand, ListTasksCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { behaviour, refused } from '../behaviour';
import { override, unstartable } from '../world';

const unknown = (n: number) => n.toString(16).padStart(32, '0');
const long = override({ environment: [{ name: 'A', value: 'x'.repeat(8192) }] });

/** What RunTask refuses whatever the definition. Source: Amazon ECS API, RunTask. */
const requests: [what: string, error: string, change: Partial<RunTaskCommandInput>][] = [
  [
    'a launch type beside a capacity provider strategy',
    'InvalidParameterException',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
  ],
  ['a task in awsvpc mode without subnets', 'InvalidParameterException', { networkConfiguration: undefined }],
  ['more than ten tasks at once', 'InvalidParameterException', { count: 11 }],
  ['overrides over 8,192 characters', 'InvalidParameterException', { overrides: long }],
  [
    'a size that Fargate does not have',
    'InvalidParameterException',
    { overrides: { cpu: '256', memory: '8192', ...override({}) } },
  ],
  [
    'an override of a container that is not there',
    'InvalidParameterException',
    { overrides: { containerOverrides: [{ name: 'nobody' }] } },
  ],
  ['a startedBy with other characters', 'InvalidParameterException', { startedBy: 'a:b' }],
  ['a client token over 64 characters', 'InvalidParameterException', { clientToken: 'x'.repeat(65) }],
  ['a cluster that is not there', 'ClusterNotFoundException', { cluster: 'nowhere' }],
  ['a definition that is not there', 'ClientException', { taskDefinition: 'nothing' }],
];

/** Source: Amazon ECS API, DescribeTasks, ListTasks, StopTask. */
export const refusals = [
  ...requests.map(([what, error, change]) =>
    behaviour(`RunTask refuses ${what}`, async (trial) => {
      await trial.register(trial.definition(unstartable));
      await refused(trial.start(change), error);
    }),
  ),
  behaviour('DescribeTasks refuses more than 100 tasks', async (trial) => {
    const tasks = Array.from({ length: 101 }, (_, n) => unknown(n));
    const { cluster } = trial;
    await refused(trial.client.send(new DescribeTasksCommand({ cluster, tasks })), 'InvalidParameterException');
  }),
  behaviour('DescribeTasks names unknown tasks as failures: MISSING', async (trial) => {
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
  behaviour('StopTask refuses a task that is unknown', async (trial) => {
    await refused(trial.stop(unknown(1)), 'InvalidParameterException', /not found/);
  }),
  behaviour('ListTasks takes no other filter beside startedBy', async (trial) => {
    const request = { cluster: trial.cluster, startedBy: 'x', family: trial.family };
    await refused(trial.client.send(new ListTasksCommand(request)), 'InvalidParameterException');
  }),
];
