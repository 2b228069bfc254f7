export type BudgetName = 'application' | 'infrastructure' | 'capacity' | 'spot' | 'memory';

/**
 * Every way a run can fail, in one table: the failure type that ends the workflow, the budget that pays for a relaunch,
 * and the container exit codes mapped to the type. Workflow, activities, container, CLI and the Step Functions twin
 * read it.
 */
export const failureTypes = {
  /** Found by validation, before any launch. */
  InvalidInput: { budget: 'none', exitCodes: [] },
  /** Found by the container in the data itself. */
  BadData: { budget: 'none', exitCodes: [65] },
  NoSuchInput: { budget: 'none', exitCodes: [66] },
  BadConfiguration: { budget: 'none', exitCodes: [78] },
  /** The container's AWS credentials are rejected or unavailable at present: see `finalTypeOf`. */
  CredentialsRefused: { budget: 'infrastructure', exitCodes: [77] },
  /** A quality gate requires approval: nothing was published. */
  Held: { budget: 'none', exitCodes: [76] },
  /** The approval was refused, or did not arrive in time. */
  NotApproved: { budget: 'none', exitCodes: [] },
  /** The source differs from the validated object: it was replaced or changed since. */
  SourceChanged: { budget: 'none', exitCodes: [80] },
  /** The batch was delivered from another source, and the event does not declare the replacement. */
  SourceConflict: { budget: 'none', exitCodes: [81] },
  /** Not a final failure: shards found a wider schema, and must convert earlier chunks again. */
  SchemaWidened: { budget: 'none', exitCodes: [79] },
  /** A newer run of the same batch published first, from another source or with other options. */
  Superseded: { budget: 'none', exitCodes: [] },
  /** The attempt's timeout elapsed; the task was stopped. */
  Timeout: { budget: 'none', exitCodes: [] },
  /** The container ended with an exit code that may be transient: these, and every code that is not listed here. */
  TaskFailed: { budget: 'application', exitCodes: [1, 69, 74, 75, 143] },
  /** Exit code 0 without a commit for this source, which is not a success. */
  CommitMissing: { budget: 'application', exitCodes: [] },
  /** Another client stopped the task. */
  TaskStopped: { budget: 'application', exitCodes: [] },
  /** Killed for another reason than memory: after the stop timeout, or by the host. */
  TaskKilled: { budget: 'infrastructure', exitCodes: [137] },
  /** The task never started: image pull, network, resources. */
  TaskFailedToStart: { budget: 'infrastructure', exitCodes: [] },
  /** The task was still PROVISIONING or PENDING at the start timeout; it was stopped. */
  StartTimeout: { budget: 'infrastructure', exitCodes: [] },
  /** The host of the task failed, was drained or retired. */
  HostFailure: { budget: 'infrastructure', exitCodes: [] },
  /** The task ended and ECS reports no exit code for the ETL container, which is not a success. */
  ExitCodeMissing: { budget: 'infrastructure', exitCodes: [] },
  /** ECS no longer knows the task, and the commit log does not settle the outcome. */
  OutcomeUnknown: { budget: 'infrastructure', exitCodes: [] },
  /** ECS rejected the launch: RunTask returned failures[]. */
  LaunchRefused: { budget: 'infrastructure', exitCodes: [] },
  /** RunTask gave no response within its retries. */
  LaunchUnanswered: { budget: 'infrastructure', exitCodes: [] },
  /** Fargate lacks capacity, a quota of the account is used up, or no network interface or address is free. */
  CapacityUnavailable: { budget: 'capacity', exitCodes: [] },
  /** RunTask, or a service that the task needs to start, was throttled longer than its retries. */
  Throttled: { budget: 'capacity', exitCodes: [] },
  /** Fargate reclaimed its Spot capacity. */
  SpotInterruption: { budget: 'spot', exitCodes: [] },
  OutOfMemory: { budget: 'memory', exitCodes: [] },
  /** A service that the orchestrator itself needs was unavailable longer than its retries. */
  ServiceUnavailable: { budget: 'none', exitCodes: [] },
  Cancelled: { budget: 'none', exitCodes: [] },
  /** A batch tried all of its files and could not deliver some. */
  BatchIncomplete: { budget: 'none', exitCodes: [] },
} as const satisfies Record<string, { budget: BudgetName | 'none'; exitCodes: readonly number[] }>;

export type FailureType = keyof typeof failureTypes;

/**
 * Exit codes of the container. Source: sysexits.h where it defines one; 76, 79 to 81 and 143 are ours
 * (docs/container.md).
 */
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

/** Returns the failure type of a container's exit code; `TaskFailed` for an unlisted code. Not defined for 0. */
export function failureTypeOfExitCode(code: number): FailureType {
  for (const [type, { exitCodes: codes }] of Object.entries(failureTypes)) {
    if ((codes as readonly number[]).includes(code)) return type as FailureType;
  }
  return 'TaskFailed';
}

/**
 * Returns the budget that pays for a relaunch after this failure; `none` when there is no relaunch, also for an unknown
 * type.
 */
export function budgetOf(type: string): BudgetName | 'none' {
  return Object.hasOwn(failureTypes, type) ? failureTypes[type as FailureType].budget : 'none';
}

/** Returns the type that a run ends with once no launch is left. */
export function finalTypeOf(type: FailureType): FailureType {
  return type === 'CredentialsRefused' ? 'BadConfiguration' : type;
}
