import type { End, Stage } from '@etl/pipeline/flow';

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

/** After `ValidateInput`: which way its answer leads. */
export const isValidName = 'IsValid';

/** Each notes what a caught error means, before the alert is sent. */
export const failureNames = {
  validate: { other: 'ValidationFailed' },
  transform: { timeout: 'TransformTimedOut', other: 'TransformFailed' },
  confirm: { missing: 'CommitMissing', superseded: 'Superseded', other: 'ConfirmationFailed' },
} as const;
