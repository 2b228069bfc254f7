import { flow, stageFailures } from '@etl/pipeline/flow';
import { unknown } from '@etl/pipeline/messages';
import { failureNames, stateNames } from '../names';
import { paths } from '../paths';
import { asText } from '../references';
import type { PassState, State } from '../types';

/** What a caught error means, in the terms that alerts and dead letters are written in. */
export function failures(): Record<string, State> {
  const states: Record<string, State> = {};
  for (const stage of Object.keys(stageFailures) as (keyof typeof stageFailures)[]) {
    const names: Readonly<Record<string, string>> = failureNames[stage];
    for (const [cause, type] of Object.entries(stageFailures[stage])) {
      states[names[cause] ?? ''] = note(type, stage !== 'validate', stateNames[flow[stage].failed]);
    }
  }
  return states;
}

function note(type: string, batchIsKnown: boolean, next: string): PassState {
  const batch = batchIsKnown
    ? { 'batch.$': paths.batch }
    : { batch: { dataset: unknown, batchDate: unknown, source: unknown } };
  return {
    Type: 'Pass',
    // Not `Cause` alone: a timeout may come without one.
    Parameters: { type, 'reason.$': asText(paths.error), ...batch },
    ResultPath: paths.failure,
    Next: next,
  };
}
