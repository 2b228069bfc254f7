import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeClustersCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { deleteFaults, type FaultPlanInput, getFaults, putFaults } from '../../../local/faults/control';
import { clientOf, cluster, definition, networkConfiguration, type Rig, startRig, stopRig } from '../ecs/support';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.client.send(new RegisterTaskDefinitionCommand(definition('sleep:1')));
});
afterEach(() => deleteFaults(rig.endpoint.url));
afterAll(() => stopRig(rig));

const rules = (...all: FaultPlanInput['rules']) => putFaults(rig.endpoint.url, { seed: 7, rules: all });
const request = (more: Partial<RunTaskCommandInput> = {}) =>
  new RunTaskCommand({ cluster, taskDefinition: 'worker', launchType: 'FARGATE', networkConfiguration, ...more });
const run = (more?: Partial<RunTaskCommandInput>) => rig.client.send(request(more));
const started = async (startedBy: string) =>
  (await rig.client.send(new ListTasksCommand({ cluster, startedBy }))).taskArns ?? [];
const failed = (call: Promise<unknown>): Promise<Error & { $metadata?: { httpStatusCode?: number } }> =>
  call.then(
    () => Promise.reject(new Error('has not failed')),
    (error) => error,
  );

it('lostResponse: the task is started, the caller sees a network error; asked again, it gets the same task', async () => {
  await rules({ fault: 'lostResponse', operation: 'RunTask', times: 1 });
  const input = { clientToken: 'lost', startedBy: 'lost' };
  const error = await failed(run(input));
  expect(error.$metadata?.httpStatusCode).toBeUndefined();
  expect(error.message).toMatch(/socket hang up|ECONNRESET/);
  const [arn] = await started('lost');
  expect((await run(input)).tasks?.map(({ taskArn }) => taskArn)).toEqual([arn]);
  const { injected, counts } = await getFaults(rig.endpoint.url);
  expect(injected).toMatchObject([{ rule: 0, fault: 'lostResponse', operation: 'RunTask', tasks: [arn] }]);
  expect(counts).toEqual([1]);
});

it('lostResponse: the SDK itself asks again, with the same token', async () => {
  await rules({ fault: 'lostResponse', operation: 'RunTask', times: 2 });
  const patient = clientOf(rig.endpoint.url, 3);
  const { tasks = [] } = await patient.send(request({ startedBy: 'patient' }));
  patient.destroy();
  expect(await started('patient')).toEqual([tasks[0]?.taskArn]);
});

it('serverError: nothing is done', async () => {
  await rules({ fault: 'serverError', operation: 'RunTask', times: 1 });
  const error = await failed(run({ startedBy: 'server' }));
  expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['ServerException', 500]);
  expect(await started('server')).toEqual([]);
});

it.each(['ThrottlingException', 'InvalidParameterException', 'ClientException'])(
  'throttling: as %s, and nothing is done',
  async (as) => {
    await rules({ fault: 'throttling', as, times: 1 });
    const error = await failed(run({ startedBy: as }));
    expect([error.name, error.message, error.$metadata?.httpStatusCode]).toEqual([as, 'Rate exceeded', 400]);
    expect(await started(as)).toEqual([]);
  },
);

it('slowResponse: the answer is late, what was asked for is done at once', async () => {
  await rules({ fault: 'slowResponse', operation: 'RunTask', seconds: 0.6, times: 1 });
  const begun = Date.now();
  const late = run({ startedBy: 'slow' });
  for (; (await started('slow')).length === 0; await delay(10)) expect(Date.now() - begun).toBeLessThan(10_000);
  const { tasks } = await late;
  expect(Date.now() - begun).toBeGreaterThanOrEqual(590);
  expect(await started('slow')).toEqual([tasks?.[0]?.taskArn]);
});

it('slowResponse: does not keep the endpoint from closing', async () => {
  const other = await startRig();
  await putFaults(other.endpoint.url, { rules: [{ fault: 'slowResponse', seconds: 600 }] });
  const late = other.client.send(new DescribeClustersCommand({ clusters: [cluster] }));
  while ((await getFaults(other.endpoint.url)).injected.length === 0) await delay(10);
  await other.endpoint.close();
  expect((await late).clusters).toHaveLength(1);
  await stopRig(other);
});

describe('capacity', () => {
  it('is a failure in an answer that is no error, and the token still stands for nothing', async () => {
    await rules({ fault: 'capacity', times: 1 });
    const input = { clientToken: 'capacity', startedBy: 'capacity' };
    const reason = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    const refused = await run(input);
    expect([refused.tasks, refused.failures, refused.$metadata.httpStatusCode]).toEqual([[], [{ reason }], 200]);
    expect((await run(input)).tasks).toHaveLength(1);
  });

  it('leaves alone the task that a token stands for already', async () => {
    const input = { clientToken: 'placed', startedBy: 'placed' };
    const { tasks = [] } = await run(input);
    await rules({ fault: 'capacity' });
    expect((await run(input)).tasks?.[0]?.taskArn).toBe(tasks[0]?.taskArn);
  });

  it('may hit Spot only, and some tasks of several', async () => {
    await rules({ fault: 'capacity', spotOnly: true, times: 1 });
    expect((await run()).failures).toEqual([]);
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    const answer = await run({ launchType: undefined, capacityProviderStrategy, count: 3 });
    expect([answer.tasks?.length, answer.failures?.length]).toEqual([2, 1]);
  });
});

describe('a rule for one task', () => {
  const tagged = { startedBy: 'meant', tags: [{ key: 'run', value: 'r1' }] };
  const environment = { containerOverrides: [{ name: 'main', environment: [{ name: 'GENERATION', value: '2' }] }] };

  it.each([
    ['starter', { startedBy: 'meant' }, tagged],
    ['tag', { tag: { run: 'r1' } }, tagged],
    ['environment', { environment: { GENERATION: '2' } }, { overrides: environment }],
  ])('knows it by its %s', async (_what, where, input) => {
    await rules({ fault: 'serverError', operation: 'RunTask', where });
    expect((await run({ startedBy: 'other' })).tasks).toHaveLength(1);
    expect((await failed(run(input))).name).toBe('ServerException');
  });

  it('hits the calls that name it', async () => {
    const [meant, other] = [(await run({ startedBy: 'one' })).tasks, (await run({ startedBy: 'two' })).tasks];
    await rules({ fault: 'serverError', where: { startedBy: 'one' } });
    const [mine, others] = [meant?.[0]?.taskArn ?? '', other?.[0]?.taskArn ?? ''];
    const describeTasks = (...tasks: string[]) => rig.client.send(new DescribeTasksCommand({ cluster, tasks }));
    expect((await describeTasks(others)).tasks).toHaveLength(1);
    expect((await failed(describeTasks(others, mine))).name).toBe('ServerException');
    expect((await failed(rig.client.send(new StopTaskCommand({ cluster, task: mine })))).name).toBe('ServerException');
    await rig.client.send(new StopTaskCommand({ cluster, task: others }));
  });
});

it('the same seed does the same again', async () => {
  const plan = { seed: 42, rules: [{ fault: 'serverError', operation: 'DescribeClusters', probability: 0.5 }] };
  const round = async () => {
    await putFaults(rig.endpoint.url, plan);
    const answers: boolean[] = [];
    for (let i = 0; i < 20; i++) {
      answers.push(
        await rig.client.send(new DescribeClustersCommand({ clusters: [cluster] })).then(
          () => true,
          () => false,
        ),
      );
    }
    return answers;
  };
  const first = await round();
  expect(new Set(first)).toEqual(new Set([true, false]));
  expect(await round()).toEqual(first);
});
