import { applyShards } from '@etl/pipeline/routing/applyShards';
import { samplePlan } from '../../support/rig';

const head = { compression: 'none', encoding: 'utf-8', rowBytes: 10 } as const;
const light = samplePlan({
  compute: { lane: 'light', spot: false },
  routing: { reasons: ['small'], estimate: { tasks: 0, seconds: 5, costUsd: 0.0002 } },
});

test('the light lane converts alone: the plan is left as it is', () => {
  expect(applyShards(light, head, { deadlineMinutes: 1, budgetUsd: 0.01 })).toEqual({ ok: true, plan: light });
  expect(applyShards(light, head)).toEqual({ ok: true, plan: light });
});

test('a deadline and a budget that the light lane is not expected to keep are refused', () => {
  expect(applyShards(light, head, { deadlineMinutes: 0.05, budgetUsd: 0.0001 })).toEqual({
    ok: false,
    reasons: [
      'detail.compute.deadlineMinutes: 0.05 are not kept by the light lane, 5 s and $0.0002 by the estimate',
      'detail.compute.budgetUsd: 0.0001 is not kept by the light lane, 5 s and $0.0002 by the estimate',
    ],
  });
});
