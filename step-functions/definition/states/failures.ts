import { flow, stageFailures } from '@etl/pipeline/flow';
import { languages } from '@etl/pipeline/messages/languages';
import { replayCommand } from '@etl/pipeline/sinks/outcome';
import { failureNames, readSinkFailureName, stateNames } from '../names';
import { paths } from '../paths';
import { entry, jsonText, reference } from '../references';
import type { MachineSettings } from '../settings';
import type { PassState, State, Template } from '../types';

/** Returns the states that turn a caught error into what alerts and dead letters report. */
export function failures({ messageLanguage }: MachineSettings): Record<string, State> {
  const { unknown } = languages[messageLanguage];
  return {
    ...notesOf('validate', stageFailures.validate, failureNames.validate, unknown),
    ...notesOf('transform', stageFailures.transform, failureNames.transform, unknown),
    ...notesOf('confirm', stageFailures.confirm, failureNames.confirm, unknown),
    ...sinkNotes(),
  };
}

/**
 * Returns the notes on sinks. The reason of a sink is the message that the function threw, as in the workflow; for
 * another error, the sinks are unknown.
 */
function sinkNotes(): Record<string, State> {
  const { behind, other } = stageFailures.sinks;
  const { dataset, batchDate } = { dataset: `${paths.batch}.dataset`, batchDate: `${paths.batch}.batchDate` };
  const command = replayCommand({ dataset: reference(dataset), batchDate: reference(batchDate) });
  const unknown = `the data is committed, but its sinks may lack it: ${reference(jsonText(paths.error))}. Finish with: ${command}`;
  const noted = (type: string, reason: Template): PassState => ({
    Type: 'Pass',
    Parameters: { type, ...reason, 'batch.$': paths.batch },
    ResultPath: paths.failure,
    Next: stateNames[flow.sinks.failed],
  });
  return {
    [readSinkFailureName]: {
      Type: 'Pass',
      Parameters: { 'thrown.$': `States.StringToJson(${paths.error}.Cause)` },
      ResultPath: paths.failure,
      Next: failureNames.sinks.behind,
    },
    [failureNames.sinks.behind]: noted(behind, { 'reason.$': `${paths.failure}.thrown.errorMessage` }),
    [failureNames.sinks.other]: noted(other, entry('reason', unknown)),
  };
}

type FailingStage = Exclude<keyof typeof stageFailures, 'sinks'>;
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
