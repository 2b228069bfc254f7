import { steps } from '@etl/pipeline/definition';
import { stageFailures } from '@etl/pipeline/flow';
import { credentialsError, failureNames, hasSinksName, lateConfirmName, stateNames } from '../names';
import { paths } from '../paths';
import { callRetries } from '../retries';
import type { MachineSettings } from '../settings';
import type { State, TaskState } from '../types';
import { run } from './run';

const { missing, superseded, misconfigured } = stageFailures.confirm;

/**
 * Returns the states that read the commit log. An exit code of 0 is not proof: a batch is delivered once the commit log
 * contains it.
 */
export function confirm(settings: MachineSettings): Record<string, State> {
  return {
    [stateNames.confirm]: confirmState(settings, [
      { ErrorEquals: [missing], ResultPath: paths.error, Next: failureNames.confirm.missing },
      { ErrorEquals: [superseded], ResultPath: paths.error, Next: failureNames.confirm.superseded },
      {
        ErrorEquals: [misconfigured, credentialsError],
        ResultPath: paths.error,
        Next: failureNames.confirm.misconfigured,
      },
      { ErrorEquals: ['States.ALL'], ResultPath: paths.error, Next: failureNames.confirm.other },
    ]),
    // An execution must not fail if readers see the batch as delivered. Any other answer leaves the timeout as the
    // error.
    [lateConfirmName]: confirmState(
      settings,
      [{ ErrorEquals: ['States.ALL'], ResultPath: paths.late, Next: failureNames.transform.timeout }],
      true,
    ),
  };
}

function confirmState(
  { functions }: MachineSettings,
  catchers: NonNullable<TaskState['Catch']>,
  published = false,
): State {
  const step = steps.confirmCommit;
  return {
    Type: 'Task',
    Comment: 'Fails with the error names that its function throws.',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: functions.confirmCommit,
      Payload: { 'plan.$': paths.plan, run: run(), ...(published && { published }) },
    },
    // The outcomes are those of a batch without sinks, until `ApplySinks` replaces them.
    ResultSelector: { 'answer.$': '$.Payload', sinks: { outcomes: [] } },
    ResultPath: paths.delivered,
    TimeoutSeconds: step.attemptTimeoutSeconds,
    Retry: callRetries(step, [missing, superseded, misconfigured], credentialsError),
    Catch: catchers,
    Next: hasSinksName,
  };
}
