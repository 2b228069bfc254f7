import { type End, ends, firstStage } from '@etl/pipeline/flow';
import { languages } from '@etl/pipeline/messages/languages';
import { stateNames } from './names';
import { paths } from './paths';
import type { MachineSettings } from './settings';
import { confirm } from './states/confirm';
import { deadLetters } from './states/deadLetters';
import { failures } from './states/failures';
import { notify } from './states/notify';
import { sinks } from './states/sinks';
import { transform } from './states/transform';
import { validate } from './states/validate';
import type { FailState, State, StateMachine } from './types';

/** Builds the pipeline as a state machine, with the workflow's order, timeouts, retries, container and messages. */
export function stateMachine(settings: MachineSettings): StateMachine {
  return {
    Comment: 'Generated from the pipeline definition by `npx etl asl`: edit the definition, not this file.',
    StartAt: stateNames[firstStage],
    States: {
      ...validate(settings),
      ...transform(settings),
      ...confirm(settings),
      ...sinks(settings),
      ...notify(settings),
      ...failures(settings),
      ...deadLetters(settings),
      ...endStates(settings),
    },
  };
}

type Failure = { [E in End]: (typeof ends)[E] extends 'failure' ? E : never }[End];

/** Returns the error and cause that a failed execution reports. */
const reasons = ({ messageLanguage }: MachineSettings): Readonly<Record<Failure, Omit<FailState, 'Type'>>> => ({
  // The reasons are in the alert, in the dead letter and in the state's data.
  invalidInput: { Error: 'InvalidInput', Cause: languages[messageLanguage].firstLines.invalid() },
  failed: { ErrorPath: `${paths.failure}.type`, CausePath: `${paths.failure}.reason` },
});

const isFailure = (end: End): end is Failure => ends[end] === 'failure';

function endStates(settings: MachineSettings): Record<string, State> {
  const failed = reasons(settings);
  const state = (end: End): State => (isFailure(end) ? { Type: 'Fail', ...failed[end] } : { Type: 'Succeed' });
  return Object.fromEntries((Object.keys(ends) as End[]).map((end) => [stateNames[end], state(end)]));
}
