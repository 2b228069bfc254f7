import { priorityOf } from '@etl/pipeline/priority';

test('each dataset has its share; what Temporal would refuse is cut off', () => {
  expect(priorityOf({ dataset: 'ventas' })).toEqual({ fairnessKey: 'ventas' });
  expect(priorityOf({ dataset: 'v'.repeat(100) }, 5)).toEqual({ priorityKey: 5, fairnessKey: 'v'.repeat(64) });
});
