import { exitCodes, type FailureType, failureTypeOfExitCode } from './failures';

/** How a task ended, as far as ECS says. */
export interface TaskEnd {
  readonly taskArn: string;
  /** `unknown`: ECS had the task and no longer has. */
  readonly status: 'stopped' | 'unknown';
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Of the ETL container, never of a sidecar. */
  readonly exitCode?: number;
  readonly containerReason?: string;
  /** The cause as the container itself wrote it down. */
  readonly reported?: string;
  readonly logTail: readonly string[];
}

/**
 * Undefined when the task ended as a success does (the commit must still be there), else what it failed of.
 * Order: stop code, then exit code. Source: Amazon ECS API, Task.stopCode.
 */
export function failureOf(end: TaskEnd): FailureType | undefined {
  if (end.status === 'unknown') return 'OutcomeUnknown';
  if (end.stopCode === 'TaskFailedToStart') return 'TaskFailedToStart';
  if (end.exitCode === undefined) return end.stopCode === 'UserInitiated' ? 'TaskStopped' : 'ExitCodeMissing';
  if (end.stopCode === 'EssentialContainerExited' && end.exitCode === exitCodes.done) return undefined;
  if (end.stopCode === 'UserInitiated') return 'TaskStopped';
  return end.exitCode === exitCodes.done ? 'TaskFailed' : failureTypeOfExitCode(end.exitCode);
}

/** One line for people: what the container said, else what ECS says. */
export function reasonOf(end: TaskEnd): string {
  if (end.status === 'unknown') return `ECS no longer knows task ${end.taskArn}, so how it ended cannot be told`;
  const facts = [
    end.reported,
    end.containerReason,
    end.exitCode === undefined ? 'no exit code' : `exit code ${end.exitCode}`,
    end.stopCode === 'EssentialContainerExited' ? undefined : end.stoppedReason,
  ];
  return facts.filter(Boolean).join('; ');
}
