import { countNulls, type Metric, sum } from '../metric';

/** Number of nulls. */
export const nullValues: Metric<'nullValues'> = {
  measure: (_rule, _plan, column) => ({
    kind: 'values',
    column,
    start: countNulls,
  }),
  merge: sum,
};
