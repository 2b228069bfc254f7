import type { StepName } from './definition';
import type { FailureType } from './failures/table';

/**
 * Transitions between stages as data. The state machine and both diagrams are generated from it, and test/equivalence
 * compares the workflow with it. A key is a stage; its outcome selects the next stage.
 */
export const flow = {
  validate: { valid: 'transform', delivered: 'confirm', invalid: 'notifyInvalid', failed: 'notifyFailure' },
  // A task that timed out may still have committed.
  transform: { done: 'confirm', timedOut: 'confirm', failed: 'notifyFailure' },
  confirm: { done: 'notifySuccess', hasSinks: 'sinks', failed: 'notifyFailure' },
  // The data remains committed if a sink lacks it.
  sinks: { done: 'notifySuccess', failed: 'notifyFailure' },
  // A notification that cannot be sent does not change the data, and a dead letter does not change the failure.
  notifySuccess: { done: 'delivered', failed: 'delivered' },
  notifyInvalid: { done: 'keepInvalid', failed: 'keepInvalid' },
  keepInvalid: { done: 'invalidInput', failed: 'invalidInput' },
  notifyFailure: { done: 'keepFailed', failed: 'keepFailed' },
  keepFailed: { done: 'failed', failed: 'failed' },
} as const;

export const firstStage = 'validate';

export type Stage = keyof typeof flow;

/** A run that did not deliver its data never ends as a success. */
export const ends = { delivered: 'success', invalidInput: 'failure', failed: 'failure' } as const;
export type End = keyof typeof ends;

/**
 * Step that each stage calls. `transform` calls several: launchTask, awaitTask, stopTask (definition.ts); `sinks` also
 * calls awaitSink and cancelSink.
 */
export const stepOfStage = {
  validate: 'validateInput',
  confirm: 'confirmCommit',
  sinks: 'applySink',
  notifySuccess: 'notify',
  notifyInvalid: 'notify',
  notifyFailure: 'notify',
  keepInvalid: 'sendToDeadLetters',
  keepFailed: 'sendToDeadLetters',
} as const satisfies Record<Exclude<Stage, 'transform'>, StepName>;

/** Failure types by the stage that failed, for an engine without the finer classes. */
export const stageFailures = {
  validate: { conflict: 'SourceConflict', misconfigured: 'BadConfiguration', other: 'ServiceUnavailable' },
  transform: { timeout: 'Timeout', other: 'TaskFailed' },
  confirm: {
    missing: 'CommitMissing',
    superseded: 'Superseded',
    misconfigured: 'BadConfiguration',
    other: 'ServiceUnavailable',
  },
  sinks: { behind: 'SinkFailed', other: 'SinkFailed' },
} as const satisfies Partial<Record<Stage, Record<string, FailureType>>>;
