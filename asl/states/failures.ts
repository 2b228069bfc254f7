import { flow, stageFailures } from '@etl/pipeline/flow';
import { unknown } from '@etl/pipeline/messages';
import { failureNames, stateNames } from '../names';
import { paths } from '../paths';
import { jsonText } from '../references';
import type { PassState, State } from '../types';

/** What a caught error means, in the terms that alerts and dead letters are written in. */
export function failures(): Record<string, State> {
  return {
    ...notesOf('validate', stageFailures.validate, failureNames.validate),
    ...notesOf('transform', stageFailures.transform, failureNames.transform),
    ...notesOf('confirm', stageFailures.confirm, failureNames.confirm),
  };
}

type FailingStage = keyof typeof stageFailures;
type ByCause<Cause extends string> = Readonly<Record<Cause, string>>;

function notesOf<Cause extends string>(stage: FailingStage, types: ByCause<Cause>, names: ByCause<Cause>) {
  const causes = Object.keys(types) as Cause[];
  return Object.fromEntries(
    causes.map((cause) => [names[cause], note(types[cause], stage, stateNames[flow[stage].failed])]),
  );
}

function note(type: string, stage: FailingStage, next: string): PassState {
  const notValidated = stage === 'validate';
  const batch = notValidated
    ? { batch: { dataset: unknown, batchDate: unknown, source: unknown } }
    : { 'batch.$': paths.batch };
  return {
    Type: 'Pass',
    // Not `Cause` alone: a timeout may come without one.
    Parameters: { type, 'reason.$': jsonText(notValidated ? paths.all : paths.error), ...batch },
    ResultPath: paths.failure,
    Next: next,
  };
}
