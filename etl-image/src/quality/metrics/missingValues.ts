import { countIf, type Metric, sum } from '../metric';
import { createLiteralParser } from '../values';

/** Number of nulls and of values that the rule declares as missing. */
export const missingValues: Metric<'missingValues'> = {
  measure: ({ missingValues }, plan, column) => {
    const parse = createLiteralParser(plan);
    const missing = new Set(missingValues.map(parse));
    return { kind: 'values', column, start: () => countIf((value) => missing.has(value), true) };
  },
  merge: sum,
};
