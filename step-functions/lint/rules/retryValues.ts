import { type Fields, fieldsOf } from '../../definition/fields';
import { statesOf } from '../definition';
import type { Rule } from '../finding';

/** Rejects intervals and counts that Step Functions rejects. @see AWS Step Functions Developer Guide, "Retry field" */
export const retryValues: Rule = (machine) =>
  statesOf(machine, 'Task', 'Parallel', 'Map').flatMap(([state, fields]) =>
    fieldsOf(fields.Retry)
      .flatMap(problems)
      .map((problem) => ({ rule: 'retry-values', state, message: `Retry: ${problem}` })),
  );

function problems(retry: Fields): string[] {
  const { IntervalSeconds = 1, MaxDelaySeconds: delay, BackoffRate: rate, JitterStrategy: jitter } = retry;
  const isInterval = typeof IntervalSeconds === 'number';
  return [
    ...(isInterval && !(Number.isInteger(IntervalSeconds) && IntervalSeconds >= 1)
      ? [`IntervalSeconds (${IntervalSeconds}) must be a whole number of at least 1: raise it`]
      : []),
    ...(typeof rate === 'number' && rate < 1 ? [`BackoffRate (${rate}) must be at least 1: raise it`] : []),
    ...(isInterval && typeof delay === 'number' && delay <= IntervalSeconds
      ? [`MaxDelaySeconds (${delay}) must be greater than IntervalSeconds (${IntervalSeconds}): raise it`]
      : []),
    ...(jitter !== undefined && jitter !== 'FULL' && jitter !== 'NONE'
      ? [`JitterStrategy ${JSON.stringify(jitter)} is unknown: use FULL or NONE`]
      : []),
  ];
}
