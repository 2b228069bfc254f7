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
      states[names[cause] ?? ''] = note(type, stage, stateNames[flow[stage].failed]);
    }
  }
  return states;
}

function note(type: string, stage: keyof typeof stageFailures, next: string): PassState {
  const notValidated = stage === 'validate';
  const batch = notValidated
    ? { batch: { dataset: unknown, batchDate: unknown, source: unknown } }
    : { 'batch.$': paths.batch };
  return {
    Type: 'Pass',
    // Not `Cause` alone: a timeout may come without one.
    Parameters: { type, 'reason.$': asText(notValidated ? paths.all : paths.error), ...batch },
    ResultPath: paths.failure,
    Next: next,
  };
}
