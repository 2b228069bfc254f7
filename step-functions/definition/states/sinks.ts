import { budgets, steps } from '@etl/pipeline/definition';
import { flow, stageFailures } from '@etl/pipeline/flow';
import { retriesWithin } from '@etl/pipeline/retries';
import {
  credentialsError,
  failureNames,
  hasSinksName,
  readSinkFailureName,
  sinksPendingError,
  stateNames,
} from '../names';
import { context, paths } from '../paths';
import { callRetries } from '../retries';
import type { MachineSettings } from '../settings';
import type { Retrier, State } from '../types';
import { run } from './run';

const { behind } = stageFailures.sinks;

/** Returns the states that apply the commit to the sinks of the batch, if it has any. */
export function sinks({ functions }: MachineSettings): Record<string, State> {
  const step = steps.applySink;
  return {
    [hasSinksName]: {
      Type: 'Choice',
      Choices: [
        {
          Variable: `${paths.validation}.hasSinks`,
          BooleanEquals: true,
          Next: stateNames[flow.confirm.hasSinks],
        },
      ],
      Default: stateNames[flow.confirm.done],
    },
    [stateNames.sinks]: {
      Type: 'Task',
      Comment: `Fails with ${sinksPendingError} while a sink is still running or is to be tried again.`,
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: functions.applySinks,
        Payload: { 'plan.$': paths.plan, run: run(), 'retry.$': context.retryCount },
      },
      ResultSelector: { 'outcomes.$': '$.Payload' },
      ResultPath: `${paths.delivered}.sinks`,
      TimeoutSeconds: step.attemptTimeoutSeconds,
      Retry: [pending(), ...callRetries(step, [behind, 'BadConfiguration'], credentialsError)],
      Catch: [
        { ErrorEquals: [behind, sinksPendingError], ResultPath: paths.error, Next: readSinkFailureName },
        { ErrorEquals: ['States.ALL'], ResultPath: paths.error, Next: failureNames.sinks.other },
      ],
      Next: stateNames[flow.sinks.done],
    },
  };
}

/**
 * Returns the retrier of the budget of sinks. It repeats the state long enough for a statement that takes the longest
 * time: the function itself counts the applications, and ends before.
 */
function pending(): Retrier {
  const { intervalSeconds, backoffRate, maxIntervalSeconds } = budgets.sinks;
  const total = steps.applySink.totalTimeoutSeconds + steps.awaitSink.totalTimeoutSeconds;
  return {
    ErrorEquals: [sinksPendingError],
    IntervalSeconds: intervalSeconds,
    BackoffRate: backoffRate,
    MaxDelaySeconds: maxIntervalSeconds,
    MaxAttempts: retriesWithin(total, budgets.sinks, 0),
  };
}
