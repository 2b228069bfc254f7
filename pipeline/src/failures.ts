/**
 * How a run can fail, in one table: the failure type a workflow ends with, whether a new task is launched for it, and
 * the container exit codes it stands for. Workflow, activities, container, CLI and the Step Functions twin read it.
 */
export const failureTypes = {
  /** Found by validation, before anything is launched. */
  InvalidInput: { relaunch: false, exitCodes: [] },
  /** Found by the container in the data itself. */
  BadData: { relaunch: false, exitCodes: [65] },
  NoSuchInput: { relaunch: false, exitCodes: [66] },
  BadConfiguration: { relaunch: false, exitCodes: [78] },
  /** A quality gate wants approval: nothing was published. */
  Held: { relaunch: false, exitCodes: [76] },
  /** A newer run of the same batch published first, from another source or with other options. */
  Superseded: { relaunch: false, exitCodes: [] },
  /** The attempt's timeout elapsed; the task was stopped. */
  Timeout: { relaunch: false, exitCodes: [] },
  /** The container ended with an exit code that may go away: 69, 74, 75, 137, 143 and every code not named here. */
  TaskFailed: { relaunch: true, exitCodes: [1, 69, 74, 75, 137, 143] },
  /** The task never started: image pull, network, resources. */
  TaskFailedToStart: { relaunch: true, exitCodes: [] },
  /** The task ended and ECS reports no exit code for the ETL container: that is no success. */
  ExitCodeMissing: { relaunch: true, exitCodes: [] },
  /** Exit code 0, and no commit for this source: that is no success either. */
  CommitMissing: { relaunch: true, exitCodes: [] },
  /** The task was stopped by somebody else. */
  TaskStopped: { relaunch: true, exitCodes: [] },
  /** ECS no longer knows the task, and the commit log does not settle how it ended. */
  OutcomeUnknown: { relaunch: true, exitCodes: [] },
  /** ECS would not launch the task: RunTask answered with failures[]. */
  LaunchRefused: { relaunch: true, exitCodes: [] },
  /** A service the orchestrator itself needs stayed away longer than its retries. */
  ServiceUnavailable: { relaunch: false, exitCodes: [] },
  Cancelled: { relaunch: false, exitCodes: [] },
} as const satisfies Record<string, { relaunch: boolean; exitCodes: readonly number[] }>;

export type FailureType = keyof typeof failureTypes;

/** Exit codes of the container. Source: sysexits.h where it has one; 76 and 143 are ours (see docs/container.md). */
export const exitCodes = {
  done: 0,
  badData: 65,
  noInput: 66,
  unavailable: 69,
  ioError: 74,
  tryAgain: 75,
  held: 76,
  badConfiguration: 78,
  stopped: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The failure type that a container's exit code stands for; a code nobody defined is `TaskFailed`. Not for 0. */
export function failureTypeOfExitCode(code: number): FailureType {
  for (const [type, { exitCodes: codes }] of Object.entries(failureTypes)) {
    if ((codes as readonly number[]).includes(code)) return type as FailureType;
  }
  return 'TaskFailed';
}

/** Whether a new task may be launched after this failure. An unknown type is not relaunched. */
export function mayRelaunch(type: string): boolean {
  return type in failureTypes && failureTypes[type as FailureType].relaunch;
}
