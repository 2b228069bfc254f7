import { firstStage } from '@etl/pipeline/flow';
import { firstLines } from '@etl/pipeline/messages';
import { stateNames } from './names';
import { paths } from './paths';
import type { MachineSettings } from './settings';
import { confirm } from './states/confirm';
import { deadLetters } from './states/deadLetters';
import { failures } from './states/failures';
import { notify } from './states/notify';
import { transform } from './states/transform';
import { validate } from './states/validate';
import type { State, StateMachine } from './types';

/** The pipeline as a state machine: the same order, timeouts, retries, container and messages as the workflow's. */
export function stateMachine(settings: MachineSettings): StateMachine {
  return {
    Comment: 'Generated from the pipeline definition by `npx etl asl`: change that, not this.',
    StartAt: stateNames[firstStage],
    States: {
      ...validate(settings),
      ...transform(settings),
      ...confirm(settings),
      ...notify(settings),
      ...failures(),
      ...deadLetters(settings),
      ...endStates(),
    },
  };
}

/** A run that did not deliver its data is never green. */
function endStates(): Record<string, State> {
  return {
    [stateNames.delivered]: { Type: 'Succeed' },
    [stateNames.invalidInput]: {
      Type: 'Fail',
      Error: 'InvalidInput',
      // The reasons are in the alert, the dead letter and the data of this state.
      Cause: firstLines.invalid(),
    },
    [stateNames.failed]: { Type: 'Fail', ErrorPath: `${paths.failure}.type`, CausePath: `${paths.failure}.reason` },
  };
}
