import type { StepName } from './definition';
import type { FailureType } from './failures';

/**
 * What follows what, as data: the state machine and both pictures are made from it, and the workflow is held to it by
 * test/equivalence. A key is a stage, what it leads to depends on how it ends.
 */
export const flow = {
  validate: { valid: 'transform', delivered: 'confirm', invalid: 'notifyInvalid', failed: 'notifyFailure' },
  // A task whose time is over may have committed all the same.
  transform: { done: 'confirm', timedOut: 'confirm', failed: 'notifyFailure' },
  confirm: { done: 'notifySuccess', failed: 'notifyFailure' },
  // A message that cannot be sent changes nothing about the data, and a letter nothing about the failure.
  notifySuccess: { done: 'delivered', failed: 'delivered' },
  notifyInvalid: { done: 'keepInvalid', failed: 'keepInvalid' },
  keepInvalid: { done: 'invalidInput', failed: 'invalidInput' },
  notifyFailure: { done: 'keepFailed', failed: 'keepFailed' },
  keepFailed: { done: 'failed', failed: 'failed' },
} as const;

export const firstStage = 'validate';

export type Stage = keyof typeof flow;

/** A run that did not deliver its data is never green. */
export const ends = { delivered: 'success', invalidInput: 'failure', failed: 'failure' } as const;
export type End = keyof typeof ends;

/** The step that a stage is a call of; `transform` is more than one: launchTask, awaitTask, stopTask (definition.ts). */
export const stepOfStage = {
  validate: 'validateInput',
  confirm: 'confirmCommit',
  notifySuccess: 'notify',
  notifyInvalid: 'notify',
  notifyFailure: 'notify',
  keepInvalid: 'sendToDeadLetters',
  keepFailed: 'sendToDeadLetters',
} as const satisfies Record<Exclude<Stage, 'transform'>, StepName>;

/** The failure types that an engine without the finer classes tells apart, by the stage that failed. */
export const stageFailures = {
  validate: { conflict: 'SourceConflict', misconfigured: 'BadConfiguration', other: 'ServiceUnavailable' },
  transform: { timeout: 'Timeout', other: 'TaskFailed' },
  confirm: {
    missing: 'CommitMissing',
    superseded: 'Superseded',
    misconfigured: 'BadConfiguration',
    other: 'ServiceUnavailable',
  },
} as const satisfies Partial<Record<Stage, Record<string, FailureType>>>;
