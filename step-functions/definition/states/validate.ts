import { steps } from '@etl/pipeline/definition';
import { flow, stageFailures } from '@etl/pipeline/flow';
import { credentialsError, failureNames, isValidName, stateNames } from '../names';
import { context, paths } from '../paths';
import { callRetries } from '../retries';
import type { MachineSettings } from '../settings';
import type { State } from '../types';

/** Returns the states that call `ValidateInput` and branch on its result. */
export function validate({ functions }: MachineSettings): Record<string, State> {
  const step = steps.validateInput;
  const { conflict, misconfigured } = stageFailures.validate;
  return {
    [stateNames.validate]: {
      Type: 'Task',
      Comment: 'The result replaces the event, which may have any shape and remains available as $$.Execution.Input.',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: functions.validateInput,
        Payload: { 'event.$': context.event },
      },
      ResultSelector: { 'validation.$': '$.Payload' },
      ResultPath: paths.all,
      TimeoutSeconds: step.attemptTimeoutSeconds,
      Retry: callRetries(step, [conflict, misconfigured], credentialsError),
      // The error replaces the event, because an event that is not an object cannot hold it.
      Catch: [
        { ErrorEquals: [conflict], ResultPath: paths.all, Next: failureNames.validate.conflict },
        {
          ErrorEquals: [misconfigured, credentialsError],
          ResultPath: paths.all,
          Next: failureNames.validate.misconfigured,
        },
        { ErrorEquals: ['States.ALL'], ResultPath: paths.all, Next: failureNames.validate.other },
      ],
      Next: isValidName,
    },
    [isValidName]: {
      Type: 'Choice',
      Choices: [
        {
          Variable: `${paths.validation}.delivered`,
          BooleanEquals: true,
          Next: stateNames[flow.validate.delivered],
        },
        { Variable: `${paths.validation}.valid`, BooleanEquals: true, Next: stateNames[flow.validate.valid] },
      ],
      Default: stateNames[flow.validate.invalid],
    },
  };
}
