import { exitCodes } from './exitCodes';
import {
  couldNotStart,
  endedByItself,
  hasStopCode,
  isOfSpot,
  ranOutOfMemory,
  startRefusalOf,
  type TaskEnd,
} from './taskEnd';

export type BudgetName = 'application' | 'infrastructure' | 'capacity' | 'spot' | 'memory';

/** What of a task's end is examined, in this order. The first failure type that applies counts. */
export const phases = ['status', 'limit', 'stopCode', 'container', 'exitCode'] as const;

/** A way in which a run can fail. */
export interface FailureClass {
  /** Budget that pays for a relaunch; `none` if there is no relaunch. */
  readonly budget: BudgetName | 'none';
  /** Meaning, in Markdown, for the table of docs/fargate.md. */
  readonly meaning: string;
  /** Exit codes of the container that stand for this failure type. @default none */
  readonly exitCodes?: readonly number[];
  /** Which ends of an ECS task have this failure type. Within a phase, at most one type applies to an end. */
  readonly ends?: Readonly<Partial<Record<(typeof phases)[number], (end: TaskEnd) => boolean>>>;
  /** Why the light lane's function or process was killed. */
  readonly killedFor?: KilledFor;
  /** A launch that fails in this way may have started a task. @default false */
  readonly mayHaveLaunched?: true;
  /** After this failure in the light lane, a task with more time and memory may succeed. @default false */
  readonly continuesAsTask?: true;
  /** Failure type of the run once no launch is left. @default the failure type itself */
  readonly endsAs?: 'BadConfiguration';
}

/** Why the function or process of the light lane was killed. */
export type KilledFor = 'memory' | 'timeout' | 'unknown';

/**
 * Every way a run can fail. The key is the failure type that ends the workflow. Workflow, activities, container, CLI, the
 * Step Functions twin and docs/fargate.md read this table.
 */
const table = {
  InvalidInput: {
    budget: 'none',
    meaning: 'found by validation, before anything is launched',
  },
  BadData: {
    budget: 'none',
    exitCodes: [65],
    meaning: 'found by the container in the data',
  },
  NoSuchInput: {
    budget: 'none',
    exitCodes: [66],
    meaning: 'the source does not exist',
  },
  BadConfiguration: {
    budget: 'none',
    exitCodes: [78],
    meaning:
      'invalid configuration of the container or the worker; a call that ECS rejects permanently; a wrong region, permission or address; credentials that stay refused ([below](#limits-and-credentials)); a blocked account',
    ends: { limit: (end) => startRefusalOf(end) === 'configuration' },
  },
  CredentialsRefused: {
    budget: 'infrastructure',
    exitCodes: [77],
    meaning:
      "the container's AWS credentials are refused or unavailable; a new task gets new ones. A run never ends with this type: it ends with `BadConfiguration` when the budget is exhausted",
    endsAs: 'BadConfiguration',
  },
  Held: {
    budget: 'none',
    exitCodes: [76],
    meaning: 'a quality gate requires approval, and the run waits for it ([approvals.md](approvals.md))',
  },
  NotApproved: {
    budget: 'none',
    meaning: 'the approval was refused or did not arrive in time',
  },
  SourceChanged: {
    budget: 'none',
    exitCodes: [80],
    meaning: 'the source is not the object that was validated: start a new run once the file is complete',
  },
  SourceConflict: {
    budget: 'none',
    exitCodes: [81],
    meaning:
      'the batch was delivered from another source: declare another `source`, or name the replaced file in `replaces`',
  },
  SchemaWidened: {
    budget: 'none',
    exitCodes: [79],
    meaning: 'shards convert again under the wider schema; a run never ends with this type',
  },
  Superseded: {
    budget: 'none',
    meaning: 'a later run published this batch from another source',
  },
  CostLimit: {
    budget: 'none',
    meaning:
      'the next launch would exceed `compute.maxCostUsd`, by the cost of the earlier launches and its estimate: it was not launched ([cost.md](cost.md#cost-limit))',
  },
  Timeout: {
    budget: 'none',
    meaning: 'the launch exceeded its timeout: its task was stopped, and the commit log has no commit of this run',
    killedFor: 'timeout',
  },
  TaskFailed: {
    budget: 'application',
    exitCodes: [1, 69, 74, 75, 143],
    meaning: 'the container failed with an exit code that a retry may resolve',
  },
  CommitMissing: {
    budget: 'application',
    meaning: 'exit code 0 without a commit',
  },
  TaskStopped: {
    budget: 'application',
    meaning: 'another caller stopped the task',
    ends: { stopCode: hasStopCode('UserInitiated', 'ServiceSchedulerInitiated') },
  },
  TaskKilled: {
    budget: 'infrastructure',
    exitCodes: [137],
    meaning: 'the container was killed (SIGKILL), and no out-of-memory error was reported',
    killedFor: 'unknown',
    continuesAsTask: true,
  },
  TaskFailedToStart: {
    budget: 'infrastructure',
    meaning: 'image, network, secrets, resources',
    // A container that is killed for its memory while the task starts counts as out of memory.
    ends: {
      stopCode: (end) => hasStopCode('TaskFailedToStart')(end) && !ranOutOfMemory(end),
      container: (end) => couldNotStart(end) && !ranOutOfMemory(end),
    },
  },
  StartTimeout: {
    budget: 'infrastructure',
    meaning: 'the task did not start within the start timeout',
    ends: { status: (end) => end.status === 'notStarted' },
  },
  HostFailure: {
    budget: 'infrastructure',
    meaning: 'the host failed or was retired or drained; any unknown stop code',
    ends: {
      stopCode: (end) =>
        hasStopCode('InfrastructureHealth')(end) || (hasStopCode('TerminationNotice')(end) && !isOfSpot(end)),
      // An undocumented stop code.
      exitCode: (end) => end.exitCode === exitCodes.done && !endedByItself(end),
    },
  },
  ExitCodeMissing: {
    budget: 'infrastructure',
    meaning: 'ECS reports no exit code for the ETL container',
    // A container whose exit code is not reported yet may have done its work: the commit log decides.
    ends: { exitCode: (end) => end.exitCode === undefined && end.status !== 'ended' },
    continuesAsTask: true,
  },
  OutcomeUnknown: {
    budget: 'infrastructure',
    meaning: 'ECS no longer knows the task, and the commit log does not contain the batch',
    ends: { status: (end) => end.status === 'unknown' },
  },
  LaunchRefused: {
    budget: 'infrastructure',
    meaning: 'RunTask returned `failures[]` for a reason other than a limit',
  },
  LaunchUnanswered: {
    budget: 'infrastructure',
    meaning: 'the launch was not dequeued or not answered for six hours',
    mayHaveLaunched: true,
  },
  CapacityUnavailable: {
    budget: 'capacity',
    meaning:
      'no capacity, an exhausted quota, or no network interface or address, reported by RunTask or by the stopped reason of a task that did not start',
    ends: { limit: (end) => startRefusalOf(end) === 'capacity' },
  },
  Throttled: {
    budget: 'capacity',
    meaning: 'RunTask was throttled for six hours, or the image or secrets of a task that did not start were throttled',
    ends: { limit: (end) => startRefusalOf(end) === 'throttled' },
    mayHaveLaunched: true,
  },
  SpotInterruption: {
    budget: 'spot',
    meaning: 'Fargate reclaimed the Spot capacity',
    // Spot tasks receive the notice, and so do tasks whose host is retired.
    ends: {
      stopCode: (end) =>
        hasStopCode('SpotInterruption')(end) || (hasStopCode('TerminationNotice')(end) && isOfSpot(end)),
    },
  },
  OutOfMemory: {
    budget: 'memory',
    meaning: 'the container exceeded its memory, whatever its exit code',
    ends: { container: ranOutOfMemory },
    killedFor: 'memory',
    continuesAsTask: true,
  },
  ServiceUnavailable: {
    budget: 'none',
    meaning: 'storage or another service was unavailable for longer than its retries',
    mayHaveLaunched: true,
  },
  SinkFailed: {
    budget: 'none',
    meaning: 'the data is committed, but a sink could not apply the commit within its retries ([sinks.md](sinks.md))',
  },
  Cancelled: {
    budget: 'none',
    meaning: 'the run was cancelled',
  },
  BatchIncomplete: {
    budget: 'none',
    meaning: 'a batch tried all its files and could not deliver some ([batches.md](batches.md))',
  },
} as const satisfies Record<string, FailureClass>;

export type FailureType = keyof typeof table;

export const failureTypes: Readonly<Record<FailureType, FailureClass>> = table;

/** Returns the failure types with a property, in the table's order. */
export const typesWith = (has: (row: FailureClass) => boolean): FailureType[] =>
  (Object.keys(failureTypes) as FailureType[]).filter((type) => has(failureTypes[type]));

/** Returns the failure type of a container's exit code; `TaskFailed` for an unlisted code. Not defined for 0. */
export const failureTypeOfExitCode = (code: number): FailureType =>
  typesWith((row) => row.exitCodes?.includes(code) === true)[0] ?? 'TaskFailed';

/**
 * Returns the budget that pays for a relaunch after this failure; `none` when there is no relaunch, also for an unknown
 * type.
 */
export function budgetOf(type: string): BudgetName | 'none' {
  return Object.hasOwn(failureTypes, type) ? failureTypes[type as FailureType].budget : 'none';
}

/** Returns the type that a run ends with once no launch is left. */
export const finalTypeOf = (type: FailureType): FailureType => failureTypes[type].endsAs ?? type;
