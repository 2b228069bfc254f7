import { flow, stageFailures } from '@etl/pipeline/flow';
import { languages } from '@etl/pipeline/messages/languages';
import { failureNames, stateNames } from '../names';
import { paths } from '../paths';
import { jsonText } from '../references';
import type { MachineSettings } from '../settings';
import type { PassState, State } from '../types';

/** Returns the states that turn a caught error into what alerts and dead letters report. */
export function failures({ messageLanguage }: MachineSettings): Record<string, State> {
  const { unknown } = languages[messageLanguage];
  return {
    ...notesOf('validate', stageFailures.validate, failureNames.validate, unknown),
    ...notesOf('transform', stageFailures.transform, failureNames.transform, unknown),
    ...notesOf('confirm', stageFailures.confirm, failureNames.confirm, unknown),
  };
}

type FailingStage = keyof typeof stageFailures;
type ByCause<Cause extends string> = Readonly<Record<Cause, string>>;

function notesOf<Cause extends string>(
  stage: FailingStage,
  types: ByCause<Cause>,
  names: ByCause<Cause>,
  unknown: string,
) {
  const causes = Object.keys(types) as Cause[];
  return Object.fromEntries(
    causes.map((cause) => [names[cause], note(types[cause], stage, stateNames[flow[stage].failed], unknown)]),
  );
}

function note(type: string, stage: FailingStage, next: string, unknown: string): PassState {
  const notValidated = stage === 'validate';
  const batch = notValidated
    ? { batch: { dataset: unknown, batchDate: unknown, source: unknown } }
    : { 'batch.$': paths.batch };
  return {
    Type: 'Pass',
    // `Cause` alone does not suffice: a timeout may lack it.
    Parameters: { type, 'reason.$': jsonText(notValidated ? paths.all : paths.error), ...batch },
    ResultPath: paths.failure,
    Next: next,
  };
}
