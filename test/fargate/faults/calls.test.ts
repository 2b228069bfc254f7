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
import { deleteFaults, type FaultPlanInput, getFaults, putFaults } from '@etl/fargate/faults/control';
import { clientOf, cluster, definition, networkConfiguration, type Rig, startRig, stopRig } from '../support';

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

it('lostResponse: the task launches, the caller sees a network error, and a retry returns the same task', async () => {
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

it('lostResponse: the SDK retries with the same token', async () => {
  await rules({ fault: 'lostResponse', operation: 'RunTask', times: 2 });
  const patient = clientOf(rig.endpoint.url, 3);
  const { tasks = [] } = await patient.send(request({ startedBy: 'patient' }));
  patient.destroy();
  expect(await started('patient')).toEqual([tasks[0]?.taskArn]);
});

it('serverError: the request has no effect', async () => {
  await rules({ fault: 'serverError', operation: 'RunTask', times: 1 });
  const error = await failed(run({ startedBy: 'server' }));
  expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['ServerException', 500]);
  expect(await started('server')).toEqual([]);
});

it('throttling: accepts a custom message', async () => {
  const message =
    'Error retrieving security group information for [sg-0]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)';
  await rules({ fault: 'throttling', as: 'InvalidParameterException', message, operation: 'RunTask', times: 1 });
  expect(await failed(run())).toMatchObject({ name: 'InvalidParameterException', message });
});

describe('credentials', () => {
  const amzDate = '\\d{8}T\\d{6}Z';

  it.each([
    ['ExpiredTokenException', /^The security token included in the request is expired$/],
    ['UnrecognizedClientException', /^The security token included in the request is invalid\.$/],
    [
      'InvalidSignatureException',
      new RegExp(`^Signature expired: ${amzDate} is now earlier than ${amzDate} \\(${amzDate} - 5 min\\.\\)$`),
    ],
    ['AccessDeniedException', /^User: arn:aws:sts:.* is not authorized to perform: ecs:RunTask because /],
  ])('rejects a call with %s without side effects', async (as, message) => {
    await rules({ fault: 'credentials', as, operation: 'RunTask', times: 1 });
    const error = await failed(run({ startedBy: as }));
    expect([error.name, error.$metadata?.httpStatusCode]).toEqual([as, 400]);
    expect(error.message).toMatch(message);
    expect(await started(as)).toEqual([]);
  });

  it('accepts HTTP status 403 and a custom message', async () => {
    await rules({ fault: 'credentials', status: 403, message: 'no', operation: 'RunTask', times: 1 });
    const error = await failed(run());
    expect([error.message, error.$metadata?.httpStatusCode]).toEqual(['no', 403]);
  });

  it('with `forSeconds`: rejects every call of every operation until the window ends', async () => {
    await rules({ fault: 'credentials', forSeconds: 0.5, times: 1 });
    const ask = () => rig.client.send(new DescribeClustersCommand({ clusters: [cluster] }));
    const begun = Date.now();
    let refused = 0;
    while (
      await ask().then(
        () => false,
        () => true,
      )
    )
      refused++;
    expect(Date.now() - begun).toBeGreaterThanOrEqual(490);
    expect(refused).toBeGreaterThan(1);
    expect((await run()).tasks).toHaveLength(1);
  });
});

describe('skewedClock', () => {
  const hourMs = 3_600_000;
  const near = (ms: number) => ({ from: ms - 60_000, to: ms + 60_000 });
  const isNear = (date: Date | undefined, { from, to }: ReturnType<typeof near>) =>
    Number(date) > from && Number(date) < to;

  it('shifts all timestamps and the Date header of a response, and nothing else', async () => {
    const [task] = (await run({ startedBy: 'skewed' })).tasks ?? [];
    const ask = async () => {
      const response = await fetch(rig.endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeTasks',
        },
        body: JSON.stringify({ cluster, tasks: [task?.taskArn] }),
      });
      const { tasks } = (await response.json()) as { tasks: [{ createdAt: number; pullStartedAt: number }] };
      return { ...tasks[0], date: new Date(response.headers.get('date') ?? '') };
    };
    await rig.running(task?.taskArn ?? '');
    const right = await ask();
    await rules({ fault: 'skewedClock', seconds: -7200 });
    const skewed = await ask();
    expect(skewed).toEqual({
      ...right,
      date: skewed.date,
      ...Object.fromEntries(
        Object.entries(right).flatMap(([name, value]) => (name.endsWith('At') ? [[name, Number(value) - 7200]] : [])),
      ),
    });
    expect(isNear(skewed.date, near(Date.now() - 2 * hourMs))).toBe(true);
    await rig.client.send(new StopTaskCommand({ cluster, task: task?.taskArn }));
  });

  it('combines with another fault, whose response has the wrong Date too', async () => {
    await rules({ fault: 'serverError', operation: 'RunTask' }, { fault: 'skewedClock', seconds: 3600 });
    const error = await failed(run());
    expect(error.name).toBe('ServerException');
    const { headers } = (error as { $response?: { headers: Record<string, string> } }).$response ?? {};
    expect(isNear(new Date(headers?.date ?? ''), near(Date.now() + hourMs))).toBe(true);
    expect((await getFaults(rig.endpoint.url)).counts).toEqual([1, 1]);
  });

  it('is additive across rules', async () => {
    const [task] = (await run({ startedBy: 'sum' })).tasks ?? [];
    await rules({ fault: 'skewedClock', seconds: 7200 }, { fault: 'skewedClock', seconds: -3600 });
    expect(Number((await rig.task(task?.taskArn ?? '')).createdAt)).toBeCloseTo(Number(task?.createdAt) + hourMs, -1);
  });

  it('for one task: affects only the responses about it', async () => {
    const [[meant], [other]] = [(await run({ startedBy: 'late' })).tasks ?? [], (await run()).tasks ?? []];
    await rules({ fault: 'skewedClock', seconds: 3600, where: { startedBy: 'late' } });
    const shift = async (task: typeof meant) =>
      Number((await rig.task(task?.taskArn ?? '')).createdAt) - Number(task?.createdAt);
    expect([await shift(meant), await shift(other)]).toEqual([hourMs, 0]);
  });
});

it.each(['ThrottlingException', 'InvalidParameterException', 'ClientException'])(
  'throttling: returns %s without side effects',
  async (as) => {
    await rules({ fault: 'throttling', as, times: 1 });
    const error = await failed(run({ startedBy: as }));
    expect([error.name, error.message, error.$metadata?.httpStatusCode]).toEqual([as, 'Rate exceeded', 400]);
    expect(await started(as)).toEqual([]);
  },
);

it('slowResponse: delays the response while the request takes effect at once', async () => {
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
  it('is a failure in a successful response, and the token remains unused', async () => {
    await rules({ fault: 'capacity', times: 1 });
    const input = { clientToken: 'capacity', startedBy: 'capacity' };
    const reason = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    const refused = await run(input);
    expect([refused.tasks, refused.failures, refused.$metadata.httpStatusCode]).toEqual([[], [{ reason }], 200]);
    expect((await run(input)).tasks).toHaveLength(1);
  });

  it('does not affect a task that a token already refers to', async () => {
    const input = { clientToken: 'placed', startedBy: 'placed' };
    const { tasks = [] } = await run(input);
    await rules({ fault: 'capacity' });
    expect((await run(input)).tasks?.[0]?.taskArn).toBe(tasks[0]?.taskArn);
  });

  it('can be limited to Spot and to some of several tasks', async () => {
    await rules({ fault: 'capacity', spotOnly: true, times: 1 });
    expect((await run()).failures).toEqual([]);
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    const answer = await run({ launchType: undefined, capacityProviderStrategy, count: 3 });
    expect([answer.tasks?.length, answer.failures?.length]).toEqual([2, 1]);
  });
});

describe('quota', () => {
  const reached = (what: string) => `You've reached the limit on the number of ${what} you can run concurrently`;

  it.each(['vCPUs', 'tasks'])('of %s: a failure in a successful response', async (of) => {
    await rules({ fault: 'quota', of, times: 1 });
    const input = { clientToken: `quota-${of}` };
    const { tasks, failures, $metadata } = await run(input);
    expect([tasks, failures, $metadata.httpStatusCode]).toEqual([[], [{ reason: reached(of) }], 200]);
    expect((await run(input)).tasks).toHaveLength(1);
  });

  it('as an exception: the token remains unused', async () => {
    await rules({ fault: 'quota', of: 'provisioning', as: 'ClientException', times: 1 });
    const input = { clientToken: 'provisioning', startedBy: 'provisioning' };
    const error = await failed(run(input));
    expect([error.name, error.message]).toEqual(['ClientException', 'Tasks provisioning capacity limit exceeded.']);
    expect(await started('provisioning')).toEqual([]);
    expect((await run(input)).tasks).toHaveLength(1);
  });

  it.each([
    ['FARGATE', [0, 1]],
    ['FARGATE_SPOT', [1, 0]],
  ])('applies to %s alone', async (provider, placed) => {
    await rules({ fault: 'quota', provider });
    const spot = { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] };
    const answers = [await run(), await run(spot)];
    expect(answers.map(({ tasks }) => tasks?.length)).toEqual(placed);
  });
});

describe('a rule for one task', () => {
  const tagged = { startedBy: 'meant', tags: [{ key: 'run', value: 'r1' }] };
  const environment = { containerOverrides: [{ name: 'main', environment: [{ name: 'GENERATION', value: '2' }] }] };

  it.each([
    ['startedBy', { startedBy: 'meant' }, tagged],
    ['tag', { tag: { run: 'r1' } }, tagged],
    ['environment', { environment: { GENERATION: '2' } }, { overrides: environment }],
  ])('matches the task by its %s', async (_what, where, input) => {
    await rules({ fault: 'serverError', operation: 'RunTask', where });
    expect((await run({ startedBy: 'other' })).tasks).toHaveLength(1);
    expect((await failed(run(input))).name).toBe('ServerException');
  });

  it('applies to the calls that name the task', async () => {
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

it('the same seed injects the same faults', async () => {
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
