import { transform } from '@etl/pipeline/definition';
import type { Compute, Plan, Timings } from '@etl/pipeline/plan';
import { notFollowed } from '../../lambdas/notFollowed';

const { timeoutSeconds, startTimeoutSeconds } = transform;
const of = (compute: Partial<Compute>, timings: Partial<Timings> = {}) =>
  notFollowed({
    compute: { spot: false, ...compute },
    options: {},
    timings: { timeoutSeconds, startTimeoutSeconds, heartbeatSeconds: 30, ...timings },
  } as Plan);

test('a plan of an event without wishes is followed', () => {
  expect(of({})).toEqual([]);
});

test.each<[string, Partial<Compute>, Partial<Timings>]>([
  ['compute.cpu and compute.memory', { size: { cpu: 1024, memoryMiB: 4096 } }, {}],
  ['compute.ephemeralStorageGiB', { ephemeralStorageGiB: 100 }, {}],
  ['compute.spot', { spot: true }, {}],
  ['compute.timeoutSeconds', {}, { timeoutSeconds: timeoutSeconds + 1 }],
  ['compute.timeoutSeconds', {}, { timeoutSeconds: 60 }],
  ['compute.startTimeoutSeconds', {}, { startTimeoutSeconds: 60 }],
  ['compute.shards: 8 tasks', { shards: 8 }, {}],
])('%s is not', (wish, compute, timings) => {
  expect(of(compute, timings)).toEqual([expect.stringMatching(new RegExp(`^${wish}: not followed`))]);
});

test.each<Plan['options']>([{ rejects: { level: 'hold' } }, { quality: { rowCount: { level: 'hold' } } }])(
  'a gate that holds is not: %j',
  (options) => {
    const plan = { compute: { spot: false }, timings: { timeoutSeconds, startTimeoutSeconds }, options } as Plan;
    expect(notFollowed(plan)).toEqual([expect.stringMatching(/^level hold: not followed/)]);
    expect(of({ shards: 1 })).toEqual([]);
  },
);
