import type { FailureType } from '@etl/pipeline/failures';
import { type End, flow, type Stage, type stageFailures } from '@etl/pipeline/flow';

/** The states of stages and ends, as they are shown in the console. */
export const stateNames = {
  validate: 'ValidateInput',
  transform: 'TransformData',
  confirm: 'ConfirmCommit',
  notifySuccess: 'NotifySuccess',
  notifyInvalid: 'NotifyInvalidData',
  notifyFailure: 'NotifyFailure',
  keepInvalid: 'SendInvalidToDeadLetters',
  keepFailed: 'SendFailedToDeadLetters',
  delivered: 'Delivered',
  invalidInput: 'InvalidInput',
  failed: 'Failed',
} as const satisfies Record<Stage | End, string>;

/** After a timeout of `TransformData`: whether the task has committed all the same. */
export const lateConfirmName = 'ConfirmLate';

const stages = new Map<string, Stage>([
  ...(Object.keys(flow) as Stage[]).map((stage): [string, Stage] => [stateNames[stage], stage]),
  [lateConfirmName, 'confirm'],
]);

/** The stage that a state is; undefined for a state that is none. */
export const stageOfState = (state: string): Stage | undefined => stages.get(state);

/** After `ValidateInput`: which way its answer leads. */
export const isValidName = 'IsValid';

type StageFailures = typeof stageFailures;

/** Each notes what a caught error means, before the alert is sent. */
export const failureNames = {
  validate: { conflict: 'SourceConflict', misconfigured: 'ValidationMisconfigured', other: 'ValidationFailed' },
  transform: { timeout: 'TransformTimedOut', other: 'TransformFailed' },
  confirm: {
    missing: 'CommitMissing',
    superseded: 'Superseded',
    misconfigured: 'ConfirmationMisconfigured',
    other: 'ConfirmationFailed',
  },
} as const satisfies { [S in keyof StageFailures]: Record<keyof StageFailures[S], string> };

/** What a function throws whose credentials are refused for now (lambdas/named.ts). */
export const credentialsError: FailureType = 'CredentialsRefused';
