import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { OperationName } from '@etl/fargate/api/operationNames';
import { withRateLimits } from '@etl/fargate/http/rateLimits';
import { clientOf, definition, startRig, stopRig } from '../support';

/** Returns how many of `wanted` simultaneous calls are admitted. */
async function passed(
  call: (operation: string, input: Record<string, unknown>) => Promise<object>,
  operation: OperationName,
  wanted: number,
  input: Record<string, unknown> = {},
): Promise<number> {
  let count = 0;
  for (let i = 0; i < wanted; i++) {
    await call(operation, input).then(
      () => count++,
      (error: Error) => expect([error.name, error.message]).toEqual(['ThrottlingException', 'Rate exceeded']),
    );
  }
  return count;
}

const limited = (scale?: number) => {
  const clock = { now: 0 };
  return {
    clock,
    call: withRateLimits(
      async () => ({}),
      () => clock.now,
      scale,
    ),
  };
};

it.each<[OperationName, number, number]>([
  ['DescribeTasks', 100, 20],
  ['ListTasks', 100, 20],
  ['StopTask', 100, 40],
  ['DescribeClusters', 50, 20],
  ['CreateCluster', 20, 1],
  ['RegisterTaskDefinition', 20, 1],
  ['DescribeTaskDefinition', 50, 20],
])('%s: a burst of %i, then %i per second, as ECS documents', async (operation, burst, perSecond) => {
  const { clock, call } = limited();
  expect(await passed(call, operation, burst + 50)).toBe(burst);
  clock.now = 1000;
  expect(await passed(call, operation, 100)).toBe(perSecond);
  clock.now = 1_000_000;
  expect(await passed(call, operation, burst + 50)).toBe(burst);
});

it('operations of one group share a bucket; operations of another group do not', async () => {
  const { call } = limited();
  expect(await passed(call, 'ListTasks', 100)).toBe(100);
  expect(await passed(call, 'DescribeTasks', 10)).toBe(0);
  expect(await passed(call, 'StopTask', 10)).toBe(10);
});

it('Fargate counts tasks, on-demand and Spot separately', async () => {
  const { clock, call } = limited();
  const spot = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }], count: 10 };
  expect(await passed(call, 'RunTask', 20, { count: 10 })).toBe(10);
  expect(await passed(call, 'RunTask', 20, spot)).toBe(10);
  clock.now = 1000;
  expect(await passed(call, 'RunTask', 40, { launchType: 'FARGATE' })).toBe(20);
});

it('rate limits scale by a factor', async () => {
  const { clock, call } = limited(0.1);
  expect(await passed(call, 'DescribeTasks', 100)).toBe(10);
  clock.now = 1000;
  expect(await passed(call, 'DescribeTasks', 100)).toBe(2);
});

it('rate limits apply unless switched off; the SDK backs off and retries', async () => {
  const rig = await startRig({ rateLimits: 0.1 });
  const patient = clientOf(rig.endpoint.url, 10);
  try {
    await rig.client.send(new RegisterTaskDefinitionCommand(definition('exit:1')));
    const ask = () => rig.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'worker' }));
    const answers = await Promise.allSettled(Array.from({ length: 60 }, ask));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ name }) => name))).toEqual(new Set(['ThrottlingException']));
    await patient.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'worker' }));
  } finally {
    patient.destroy();
    await stopRig(rig);
  }
});
