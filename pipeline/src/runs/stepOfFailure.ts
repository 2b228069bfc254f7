import type { StepName } from '../definition';
import type { FailureType } from '../failures/table';
import type { Launch } from '../launches';
import type { RunStatus } from '../runStatus';

/** Steps that a failure type implies. Every other type is a failure of a launch. */
const stepsOfTypes: Partial<Record<FailureType, RunStatus['step'] | 'files'>> = {
  InvalidInput: 'validate',
  CommitMissing: 'confirm',
  Superseded: 'confirm',
  Held: 'held',
  NotApproved: 'held',
  SinkFailed: 'sinks',
  LaunchRefused: 'launch',
  LaunchUnanswered: 'launch',
  CostLimit: 'launch',
  BatchIncomplete: 'files',
};

/** Steps of the activities whose name begins the reason of a failed call. */
const stepsOfCalls: Partial<Record<StepName, RunStatus['step']>> = {
  validateInput: 'validate',
  launchTask: 'launch',
  awaitTask: 'transform',
  convertLight: 'transform',
  stopTask: 'stop',
  findTasks: 'stop',
  confirmCommit: 'confirm',
  confirmWork: 'confirm',
  applySink: 'sinks',
  awaitSink: 'sinks',
};

/** Returns the step in which a run failed; undefined when the failure does not show it. */
export function stepOfFailure(failureType: string, reason: string, launches: readonly Launch[]): string | undefined {
  const [, call] = /^([A-Za-z]+): /.exec(reason) ?? [];
  if (call !== undefined && Object.hasOwn(stepsOfCalls, call)) return stepsOfCalls[call as StepName];
  if (Object.hasOwn(stepsOfTypes, failureType)) return stepsOfTypes[failureType as FailureType];
  return launches.length > 0 ? 'transform' : undefined;
}
