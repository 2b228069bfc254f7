import { priorityOf } from '@etl/pipeline/priority';

test("gives each dataset its fairness key, shortened to Temporal's limit", () => {
  expect(priorityOf({ dataset: 'ventas' })).toEqual({ fairnessKey: 'ventas' });
  expect(priorityOf({ dataset: 'v'.repeat(100) }, 5)).toEqual({ priorityKey: 5, fairnessKey: 'v'.repeat(64) });
});
