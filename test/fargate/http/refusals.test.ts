import { request } from 'node:http';
import {
  type ContainerDefinition,
  CreateClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { cluster, definition, networkConfiguration, type Rig, startRig, stopRig } from '../support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.client.send(new RegisterTaskDefinitionCommand(definition('sleep:1')));
});
afterAll(() => stopRig(rig));

/** Error name and a part of the message; every rejection is an HTTP 400. */
type Refusal = readonly [name: string, message: RegExp];
async function expectRefusal(call: Promise<unknown>, [name, message]: Refusal): Promise<void> {
  const error = (await call.then(
    () => new Error('was not refused'),
    (thrown: unknown) => thrown,
  )) as Error & { $metadata?: { httpStatusCode?: number } };
  expect([error.name, error.message]).toEqual([name, expect.stringMatching(message)]);
  expect(error.$metadata?.httpStatusCode).toBe(400);
}

const parameter = (message: RegExp): Refusal => ['InvalidParameterException', message];
const client = (message: RegExp): Refusal => ['ClientException', message];
const id = (n: number) => n.toString(16).padStart(32, '0');
const tags = (n: number) => Array.from({ length: n }, (_, i) => ({ key: `k${i}`, value: 'v' }));
const override = (value: string) => ({ containerOverrides: [{ name: 'main', environment: [{ name: 'A', value }] }] });
const spot = { capacityProvider: 'FARGATE_SPOT' };

const runTask: [string, Partial<RunTaskCommandInput>, Refusal][] = [
  [
    'launch type and strategy',
    { capacityProviderStrategy: [spot] },
    parameter(/either launchType or capacityProviderStrategy/),
  ],
  [
    'an unknown provider',
    { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'x' }] },
    parameter(/'x' was not found/),
  ],
  [
    'two base counts',
    {
      launchType: undefined,
      capacityProviderStrategy: [
        { ...spot, base: 1 },
        { capacityProvider: 'FARGATE', base: 1 },
      ],
    },
    parameter(/base/),
  ],
  ['no launch type', { launchType: undefined }, parameter(/No Container Instances/)],
  ['EC2', { launchType: 'EC2' }, parameter(/No Container Instances/)],
  ['no network', { networkConfiguration: undefined }, parameter(/Network Configuration must be provided/)],
  ['no subnets', { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } }, parameter(/subnets/)],
  ['count 11', { count: 11 }, parameter(/count/)],
  ['count 0', { count: 0 }, parameter(/count/)],
  ['an unknown cluster', { cluster: 'nowhere' }, ['ClusterNotFoundException', /Cluster not found/]],
  [
    'the default cluster, which does not exist',
    { cluster: undefined },
    ['ClusterNotFoundException', /Cluster not found/],
  ],
  ['an unknown definition', { taskDefinition: 'nothing' }, client(/TaskDefinition not found/)],
  ['an unknown revision', { taskDefinition: 'worker:99' }, client(/TaskDefinition not found/)],
  [
    'an unknown container',
    { overrides: { containerOverrides: [{ name: 'x' }] } },
    parameter(/named x is not a container/),
  ],
  [
    'an invalid combination of CPU and memory',
    { overrides: { cpu: '256', memory: '4096' } },
    parameter(/No Fargate configuration/),
  ],
  ['memory that is invalid for the CPU', { overrides: { memory: '30720' } }, parameter(/No Fargate configuration/)],
  [
    'a container larger than its task',
    { overrides: { containerOverrides: [{ name: 'main', memory: 1024 }] } },
    parameter(/'memory' setting for container 'main'/),
  ],
  ['too little storage', { overrides: { ephemeralStorage: { sizeInGiB: 20 } } }, parameter(/between 21 and 200/)],
  ['overrides over 8,192 characters', { overrides: override('x'.repeat(8192)) }, parameter(/at most 8192/)],
  ['a client token of 65 characters', { clientToken: 'x'.repeat(65) }, parameter(/clientToken/)],
  ['a client token with a space', { clientToken: 'a b' }, parameter(/clientToken/)],
  ['a startedBy of 129 characters', { startedBy: 'x'.repeat(129) }, parameter(/startedBy/)],
  ['a startedBy with a colon', { startedBy: 'a:b' }, parameter(/startedBy/)],
  ['51 tags', { tags: tags(51) }, parameter(/tags/)],
  ['a reserved tag', { tags: [{ key: 'AWS:x', value: '' }] }, parameter(/aws:/)],
  ['the same tag twice', { tags: [...tags(1), ...tags(1)] }, parameter(/Duplicate/)],
];

it.each(runTask)('RunTask rejects %s', async (_, change, refusal) => {
  const input = { cluster, taskDefinition: 'worker', launchType: 'FARGATE' as const, networkConfiguration, ...change };
  await expectRefusal(rig.client.send(new RunTaskCommand(input)), refusal);
});

it('RunTask accepts overrides of exactly 8,192 characters', async () => {
  const overrides = override('x'.repeat(8192 - JSON.stringify(override('')).length));
  expect(JSON.stringify(overrides)).toHaveLength(8192);
  await rig.run('exit:1', { overrides });
});

it('RunTask rejects an inactive task definition', async () => {
  const { taskDefinition } = await rig.client.send(
    new RegisterTaskDefinitionCommand({ ...definition('exit:1'), family: 'gone' }),
  );
  await rig.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinition?.taskDefinitionArn }));
  for (const name of ['gone', 'gone:1']) {
    const input = { cluster, taskDefinition: name, launchType: 'FARGATE' as const, networkConfiguration };
    await expectRefusal(rig.client.send(new RunTaskCommand(input)), client(/TaskDefinition not found/));
  }
});

const container = (change: object): ContainerDefinition[] => [{ name: 'main', image: 'exit:1', ...change }];
const register: [string, Partial<RegisterTaskDefinitionCommandInput>, Refusal][] = [
  ['an invalid combination of CPU and memory', { cpu: '256', memory: '8192' }, client(/No Fargate configuration/)],
  ['an invalid size', { cpu: 'big' }, client(/Invalid 'cpu'/)],
  ['no cpu', { cpu: undefined }, client(/'cpu' be defined at the task level/)],
  ['network mode bridge', { networkMode: 'bridge' }, client(/awsvpc/)],
  ['no containers', { containerDefinitions: [] }, client(/cannot be empty/)],
  [
    'a container larger than its task',
    { containerDefinitions: container({ memory: 1024 }) },
    client(/greater than for the task/),
  ],
  [
    'containers that are larger than the task together',
    { containerDefinitions: [...container({ memory: 300 }), ...container({ name: 'b', memory: 300 })] },
    client(/sum of all container 'memory'/),
  ],
  [
    'containers with too many CPUs',
    { containerDefinitions: container({ cpu: 512 }) },
    client(/sum of all container 'cpu'/),
  ],
  ['no essential container', { containerDefinitions: container({ essential: false }) }, client(/essential/)],
  [
    'two containers with the same name',
    { containerDefinitions: [...container({}), ...container({})] },
    client(/unique/),
  ],
  ['a name that is a path', { containerDefinitions: container({ name: '../x' }) }, client(/invalid characters/)],
  ['a stop timeout of 121 s', { containerDefinitions: container({ stopTimeout: 121 }) }, client(/stopTimeout/)],
  ['a family with a slash', { family: 'a/b' }, client(/Family contains invalid/)],
  ['201 GiB of storage', { ephemeralStorage: { sizeInGiB: 201 } }, client(/between 21 and 200/)],
];

it.each(register)('RegisterTaskDefinition rejects %s', async (_, change, refusal) => {
  await expectRefusal(
    rig.client.send(new RegisterTaskDefinitionCommand({ ...definition('exit:1'), ...change })),
    refusal,
  );
});

const others: [string, () => Promise<unknown>, Refusal][] = [
  [
    'DescribeTasks of 101 tasks',
    () => rig.client.send(new DescribeTasksCommand({ cluster, tasks: Array.from({ length: 101 }, (_, i) => id(i)) })),
    parameter(/100/),
  ],
  [
    'DescribeTasks without tasks',
    () => rig.client.send(new DescribeTasksCommand({ cluster, tasks: [] })),
    parameter(/empty/),
  ],
  [
    'StopTask of an unknown task',
    () => rig.client.send(new StopTaskCommand({ cluster, task: id(1) })),
    parameter(/task was not found/),
  ],
  [
    'ListTasks by starter and family',
    () => rig.client.send(new ListTasksCommand({ cluster, startedBy: 'x', family: 'worker' })),
    parameter(/only filter/),
  ],
  [
    'ListTasks with maxResults 101',
    () => rig.client.send(new ListTasksCommand({ cluster, maxResults: 101 })),
    parameter(/maxResults/),
  ],
  [
    'ListTasks with an unknown token',
    () => rig.client.send(new ListTasksCommand({ cluster, nextToken: 'x' })),
    parameter(/token/),
  ],
  [
    'CreateCluster with a path',
    () => rig.client.send(new CreateClusterCommand({ clusterName: '../x' })),
    parameter(/clusterName/),
  ],
];
it.each(others)('%s is rejected', async (_, call, refusal) => expectRefusal(call(), refusal));

it('describes 100 tasks; unknown tasks are failures', async () => {
  const tasks = Array.from({ length: 98 }, (_, i) => id(i));
  const arn = `arn:aws:ecs:us-east-1:000000000000:task/other/${id(7)}`;
  const answer = await rig.client.send(new DescribeTasksCommand({ cluster, tasks: [...tasks, arn, '../../etc'] }));
  expect(answer.tasks).toEqual([]);
  expect(answer.failures).toHaveLength(100);
  expect(answer.failures?.[98]).toEqual({ arn, reason: 'MISSING' });
  expect(answer.failures?.[0]).toEqual({
    arn: `arn:aws:ecs:us-east-1:000000000000:task/${cluster}/${id(0)}`,
    reason: 'MISSING',
  });
});

/** Requests that the SDK never sends. */
function post(headers: Record<string, string>, body: string): Promise<{ status: number | undefined; type: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(rig.endpoint.url, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, type: (JSON.parse(text) as { __type: string }).__type }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const type = { 'content-type': 'application/x-amz-json-1.1' };
const target = (name: string) => ({ 'x-amz-target': `AmazonEC2ContainerServiceV20141113.${name}` });

it.each([
  ['an unknown operation', { ...type, ...target('Dance') }, '{}', 'UnknownOperationException'],
  ['no target', { ...type }, '{}', 'UnknownOperationException'],
  ['invalid JSON', { ...type, ...target('ListTasks') }, '{', 'SerializationException'],
  ['a wrong type', { ...type, ...target('ListTasks') }, '{"cluster":1}', 'SerializationException'],
  ['a form', { ...target('ListTasks'), 'content-type': 'text/plain' }, '{}', 'UnknownOperationException'],
])('the wire protocol rejects %s', async (_, headers, body, name) => {
  expect(await post(headers, body)).toEqual({ status: 400, type: name });
});

it.each([
  ['another host name', { host: 'rebound.example' }],
  ['a web page', { origin: 'http://127.0.0.1' }],
])('the wire protocol does not answer %s', async (_, headers) => {
  const answer = await post({ ...type, ...target('ListTasks'), ...headers }, '{}');
  expect(answer).toEqual({ status: 403, type: 'AccessDeniedException' });
});
