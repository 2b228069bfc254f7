import { transform } from '@etl/pipeline/definition';
import type { Compute, Plan, Timings } from '@etl/pipeline/plan';
import { notFollowed } from '../../../step-functions/lambdas/notFollowed';
import { handler } from '../../../step-functions/lambdas/validateInput';
import { TemporaryLake } from './support';

const { timeoutSeconds, startTimeoutSeconds } = transform;
const of = (compute: Partial<Compute>, timings: Partial<Timings> = {}) =>
  notFollowed(
    {
      compute: { spot: false, ...compute },
      options: {},
      timings: { timeoutSeconds, startTimeoutSeconds, heartbeatSeconds: 30, ...timings },
    } as Plan,
    {},
  );

test('accepts the plan of an event without options', () => {
  expect(of({})).toEqual([]);
});

test('warns that disabling notifications is not supported', () => {
  const plan = {
    compute: { spot: false },
    timings: { timeoutSeconds, startTimeoutSeconds },
    options: {},
    notifications: 'none',
  };
  expect(notFollowed(plan as Plan, {})).toEqual([expect.stringMatching(/^notifications: ignored/)]);
});

test.each<[string, Partial<Compute>, Partial<Timings>]>([
  ['compute.cpu and compute.memory', { size: { cpu: 1024, memoryMiB: 4096 } }, {}],
  ['compute.ephemeralStorageGiB', { ephemeralStorageGiB: 100 }, {}],
  ['compute.spot', { spot: true }, {}],
  ['compute.timeoutSeconds', {}, { timeoutSeconds: timeoutSeconds + 1 }],
  ['compute.timeoutSeconds', {}, { timeoutSeconds: 60 }],
  ['compute.startTimeoutSeconds', {}, { startTimeoutSeconds: 60 }],
  ['compute.shards: 8 tasks', { shards: 8 }, {}],
])('warns that %s is not supported', (option, compute, timings) => {
  expect(of(compute, timings)).toEqual([expect.stringMatching(new RegExp(`^${option}: ignored`))]);
});

test('lanes: accepts the light lane with a warning, and runs every file as a task', async () => {
  const lake = new TemporaryLake();
  try {
    lake.put('ventas/v.csv', 'ID,Total\n1,2\n');
    const validated = async (compute: object) => {
      const answer = await handler({ event: { detail: { s3Key: 'ventas/v.csv', batchDate: '2026-02-08', compute } } });
      if (!answer.valid) throw new Error(answer.reasons.join('; '));
      return answer.plan;
    };
    const plan = await validated({ lane: 'light' });
    expect(plan.compute).toEqual({ lane: 'fargate', spot: false });
    expect(plan.warnings).toEqual([expect.stringMatching(/^compute\.lane: ignored/)]);
    for (const compute of [{}, { lane: 'fargate' }, { lane: 'auto' }]) {
      expect((await validated(compute)).warnings).toEqual([]);
    }
  } finally {
    lake.remove();
  }
});

test('cost-limit: warns that a limit of the cost is not supported', () => {
  const seconds = { convert: 60, index: 60, commit: 60 };
  const costLimit = { maxUsd: 1, size: { cpu: 1024, memoryMiB: 2048 }, seconds, lightUsd: 0 };
  const plan = { compute: { spot: false }, timings: { timeoutSeconds, startTimeoutSeconds }, options: {}, costLimit };
  expect(notFollowed(plan as Plan, {})).toEqual([expect.stringMatching(/^compute\.maxCostUsd: ignored/)]);
});

test.each<Plan['options']>([{ rejects: { level: 'hold' } }, { quality: { rowCount: { level: 'hold' } } }])(
  'warns that a holding gate is not supported: %j',
  (options) => {
    const plan = { compute: { spot: false }, timings: { timeoutSeconds, startTimeoutSeconds }, options } as Plan;
    expect(notFollowed(plan, {})).toEqual([expect.stringMatching(/^level hold: ignored/)]);
    expect(of({ shards: 1 })).toEqual([]);
  },
);
