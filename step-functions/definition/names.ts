import type { FailureType } from '@etl/pipeline/failures/table';
import { type End, flow, type Stage, type stageFailures } from '@etl/pipeline/flow';

/** Names of the states for stages and ends, as the console shows them. */
export const stateNames = {
  validate: 'ValidateInput',
  transform: 'TransformData',
  confirm: 'ConfirmCommit',
  sinks: 'ApplySinks',
  notifySuccess: 'NotifySuccess',
  notifyInvalid: 'NotifyInvalidData',
  notifyFailure: 'NotifyFailure',
  keepInvalid: 'SendInvalidToDeadLetters',
  keepFailed: 'SendFailedToDeadLetters',
  delivered: 'Delivered',
  invalidInput: 'InvalidInput',
  failed: 'Failed',
} as const satisfies Record<Stage | End, string>;

/** Checks after a timeout of `TransformData` whether the task has committed nevertheless. */
export const lateConfirmName = 'ConfirmLate';

const stages = new Map<string, Stage>([
  ...(Object.keys(flow) as Stage[]).map((stage): [string, Stage] => [stateNames[stage], stage]),
  [lateConfirmName, 'confirm'],
]);

/** Returns the stage of a state, or undefined if the state is not a stage. */
export const stageOfState = (state: string): Stage | undefined => stages.get(state);

/** The Choice state after `ValidateInput`, which branches on its result. */
export const isValidName = 'IsValid';

/** The Choice state after a confirmed commit, which skips `ApplySinks` for a batch without sinks. */
export const hasSinksName = 'HasSinks';

/** Reads the text of the function's failure from the cause of the caught error. */
export const readSinkFailureName = 'ReadSinkFailure';

type StageFailures = typeof stageFailures;

/** States that record the meaning of a caught error before the alert is sent. */
export const failureNames = {
  validate: { conflict: 'SourceConflict', misconfigured: 'ValidationMisconfigured', other: 'ValidationFailed' },
  transform: { timeout: 'TransformTimedOut', other: 'TransformFailed' },
  confirm: {
    missing: 'CommitMissing',
    superseded: 'Superseded',
    misconfigured: 'ConfirmationMisconfigured',
    other: 'ConfirmationFailed',
  },
  sinks: { behind: 'SinkFailed', other: 'SinksUnknown' },
} as const satisfies { [S in keyof StageFailures]: Record<keyof StageFailures[S], string> };

/** Error that a function throws while its credentials are rejected (step-functions/lambdas/named.ts). */
export const credentialsError: FailureType = 'CredentialsRefused';

/** Error of a function whose sinks have not all ended: the state invokes it again. */
export const sinksPendingError = 'SinksPending';
