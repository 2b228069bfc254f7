import type { RetriedStep } from '@etl/pipeline/definition';
import { flow } from '@etl/pipeline/flow';
import { stateNames } from '../names';
import { callRetries } from '../retries';

type SendingStage = 'notifySuccess' | 'notifyInvalid' | 'notifyFailure' | 'keepInvalid' | 'keepFailed';

/**
 * Returns the fields that every state has that sends something: where its answer or error is put, its timeout and retries,
 * and the next state. All errors lead to the stage's way for failures.
 */
export function sending(stage: SendingStage, step: RetriedStep, resultPath: string) {
  return {
    ResultPath: resultPath,
    TimeoutSeconds: step.attemptTimeoutSeconds,
    Retry: callRetries(step),
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: resultPath, Next: stateNames[flow[stage].failed] }],
    Next: stateNames[flow[stage].done],
  };
}
