export type BudgetName = 'application' | 'infrastructure' | 'capacity' | 'spot' | 'memory';

/**
 * How a run can fail, in one table: the failure type a workflow ends with, the budget that a new launch for it is paid
 * from, and the container exit codes it stands for. Workflow, activities, container, CLI and the Step Functions twin
 * read it.
 */
export const failureTypes = {
  /** Found by validation, before anything is launched. */
  InvalidInput: { budget: 'none', exitCodes: [] },
  /** Found by the container in the data itself. */
  BadData: { budget: 'none', exitCodes: [65] },
  NoSuchInput: { budget: 'none', exitCodes: [66] },
  BadConfiguration: { budget: 'none', exitCodes: [78] },
  /** The container's AWS credentials are refused, or not given out, for now: see `finalTypeOf`. */
  CredentialsRefused: { budget: 'infrastructure', exitCodes: [77] },
  /** A quality gate wants approval: nothing was published. */
  Held: { budget: 'none', exitCodes: [76] },
  /** The gate's approval was refused, or did not come in time. */
  NotApproved: { budget: 'none', exitCodes: [] },
  /** The source is not the object that was validated: it was replaced or changed since. */
  SourceChanged: { budget: 'none', exitCodes: [80] },
  /** The batch was delivered from another source, and the event does not declare the replacement. */
  SourceConflict: { budget: 'none', exitCodes: [81] },
  /** No failure of its own: shards have found a wider schema, and have to convert again what was written before. */
  SchemaWidened: { budget: 'none', exitCodes: [79] },
  /** A newer run of the same batch published first, from another source or with other options. */
  Superseded: { budget: 'none', exitCodes: [] },
  /** The attempt's timeout elapsed; the task was stopped. */
  Timeout: { budget: 'none', exitCodes: [] },
  /** The container ended with an exit code that may go away: these, and every code not named here. */
  TaskFailed: { budget: 'application', exitCodes: [1, 69, 74, 75, 143] },
  /** Exit code 0, and no commit for this source: that is no success either. */
  CommitMissing: { budget: 'application', exitCodes: [] },
  /** The task was stopped by somebody else. */
  TaskStopped: { budget: 'application', exitCodes: [] },
  /** Killed, and not for its memory: after the stop timeout, or by the host. */
  TaskKilled: { budget: 'infrastructure', exitCodes: [137] },
  /** The task never started: image pull, network, resources. */
  TaskFailedToStart: { budget: 'infrastructure', exitCodes: [] },
  /** The task was still PROVISIONING or PENDING at the start timeout; it was stopped. */
  StartTimeout: { budget: 'infrastructure', exitCodes: [] },
  /** The host of the task failed, was drained or retired. */
  HostFailure: { budget: 'infrastructure', exitCodes: [] },
  /** The task ended and ECS reports no exit code for the ETL container: that is no success. */
  ExitCodeMissing: { budget: 'infrastructure', exitCodes: [] },
  /** ECS no longer knows the task, and the commit log does not settle how it ended. */
  OutcomeUnknown: { budget: 'infrastructure', exitCodes: [] },
  /** ECS would not launch the task: RunTask answered with failures[]. */
  LaunchRefused: { budget: 'infrastructure', exitCodes: [] },
  /** RunTask stayed without an answer longer than its retries. */
  LaunchUnanswered: { budget: 'infrastructure', exitCodes: [] },
  /** Fargate has no room at this time, a quota of the account is used up, or no network interface or address is free. */
  CapacityUnavailable: { budget: 'capacity', exitCodes: [] },
  /** RunTask was throttled longer than its retries, or what the task itself needs to start. */
  Throttled: { budget: 'capacity', exitCodes: [] },
  /** Fargate took its Spot capacity back. */
  SpotInterruption: { budget: 'spot', exitCodes: [] },
  OutOfMemory: { budget: 'memory', exitCodes: [] },
  /** A service the orchestrator itself needs stayed away longer than its retries. */
  ServiceUnavailable: { budget: 'none', exitCodes: [] },
  Cancelled: { budget: 'none', exitCodes: [] },
  /** A batch of files that has tried all of them, and could not deliver some. */
  BatchIncomplete: { budget: 'none', exitCodes: [] },
} as const satisfies Record<string, { budget: BudgetName | 'none'; exitCodes: readonly number[] }>;

export type FailureType = keyof typeof failureTypes;

/** Exit codes of the container. Source: sysexits.h where it has one; 76, 79 to 81 and 143 are ours (see docs/container.md). */
export const exitCodes = {
  done: 0,
  badData: 65,
  noInput: 66,
  unavailable: 69,
  ioError: 74,
  tryAgain: 75,
  held: 76,
  credentials: 77,
  badConfiguration: 78,
  reconcile: 79,
  sourceChanged: 80,
  sourceConflict: 81,
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

/** What a new launch after this failure is paid from; `none`: there is no new launch. So for an unknown type. */
export function budgetOf(type: string): BudgetName | 'none' {
  return Object.hasOwn(failureTypes, type) ? failureTypes[type as FailureType].budget : 'none';
}

/** Returns the type that a run ends with once no launch is left. */
export function finalTypeOf(type: FailureType): FailureType {
  return type === 'CredentialsRefused' ? 'BadConfiguration' : type;
}
