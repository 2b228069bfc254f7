import { applyShards } from '@etl/pipeline/routing/applyShards';
import { samplePlan } from '../../support/samplePlan';

const head = { compression: 'none', encoding: 'utf-8', rowBytes: 10 } as const;
const light = samplePlan({
  compute: { lane: 'light', spot: false },
  routing: { reasons: ['small'], estimate: { tasks: 0, seconds: 5, costUsd: 0.0002 } },
});

test('leaves the plan of a light lane unchanged', () => {
  expect(applyShards(light, head, { deadlineMinutes: 1, budgetUsd: 0.01 })).toEqual({ ok: true, plan: light });
  expect(applyShards(light, head)).toEqual({ ok: true, plan: light });
});

test('refuses a deadline and a budget that the light lane is not expected to meet', () => {
  expect(applyShards(light, head, { deadlineMinutes: 0.05, budgetUsd: 0.0001 })).toEqual({
    ok: false,
    reasons: [
      'detail.compute.deadlineMinutes: the deadline of 0.05 min is not met by the light lane, 5 s and $0.0002 by the estimate',
      'detail.compute.budgetUsd: the budget of $0.0001 is exceeded by the light lane, 5 s and $0.0002 by the estimate',
    ],
  });
});

test('refuses more plans than a history can hold, with the maximum number of shards', () => {
  const columns = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`column_number_${n}`, 'text' as const]));
  const source = { uri: 's3://raw/ventas/big.csv', bytes: 1e12, fingerprint: 'f' };
  const plan = samplePlan({ options: { columns }, source, chunkRows: 1_000_000 });
  const applied = applyShards(plan, { ...head, rowBytes: 1000 }, { shards: 500 });
  expect(applied).toEqual({
    ok: false,
    reasons: [expect.stringMatching(/^detail.compute.shards: 500 .* at most \d+ shards$/)],
  });
  const [reason = ''] = applied.ok ? [] : applied.reasons;
  const most = Number(/(\d+) shards$/.exec(reason)?.[1]);
  expect(applyShards(plan, { ...head, rowBytes: 1000 }, { shards: most })).toMatchObject({ ok: true });
});
