import type { TaskSize } from '@etl/ecs/sizes';
import { type Refusal, refusalOf } from './causes/refusals';
import { budgetOf, exitCodes, type FailureType, failureTypeOfExitCode } from './failures';

/** How a task ended, as reported by ECS. Times are milliseconds since the epoch. */
export interface TaskEnd {
  readonly taskArn: string;
  /**
   * `ended`: the ETL container has ended, and ECS does not report the task STOPPED yet. `unknown`: ECS no longer knows
   * the task. `notStarted`: the task is still starting at the start timeout.
   */
  readonly status: 'stopped' | 'ended' | 'unknown' | 'notStarted';
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Exit code of the ETL container, never of a sidecar. */
  readonly exitCode?: number;
  readonly containerReason?: string;
  readonly size?: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot?: boolean;
  /** Start of the time that is billed. */
  readonly pullStartedAt?: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** Cause of the failure as the container recorded it. */
  readonly reported?: string;
  readonly logTail: readonly string[];
}

const couldNotStart = /^(CannotPull|CannotStart|CannotCreate|ResourceInitialization)\w*/;

type Rule = readonly [when: (end: TaskEnd) => boolean, type: FailureType];

const stopCodeIs = (code: string) => (end: TaskEnd) => end.stopCode === code;
const reasonHas = (pattern: RegExp) => (end: TaskEnd) => pattern.test(end.stoppedReason ?? '');

/**
 * Rules for the stop code of the task; the first match counts. Source: Amazon ECS API, Task.stopCode; Amazon ECS
 * Developer Guide, stopped task error codes.
 */
const byStopCode: readonly Rule[] = [
  // A container that is killed for its memory while the task starts still counts as out of memory.
  [(end) => stopCodeIs('TaskFailedToStart')(end) && !ranOutOfMemory(end), 'TaskFailedToStart'],
  [stopCodeIs('SpotInterruption'), 'SpotInterruption'],
  // Spot tasks receive the notice, and so do tasks whose host is retired.
  [(end) => stopCodeIs('TerminationNotice')(end) && (end.spot === true || reasonHas(/spot/i)(end)), 'SpotInterruption'],
  [stopCodeIs('TerminationNotice'), 'HostFailure'],
  [stopCodeIs('InfrastructureHealth'), 'HostFailure'],
  [(end) => stopCodeIs('UserInitiated')(end) || stopCodeIs('ServiceSchedulerInitiated')(end), 'TaskStopped'],
];

/**
 * Rules for tasks that a limit prevented from starting: the services that provide image, secrets and network have
 * limits, too.
 */
const byLimit: readonly Rule[] = [
  [couldNotStartFor('capacity'), 'CapacityUnavailable'],
  [couldNotStartFor('throttled'), 'Throttled'],
  [couldNotStartFor('configuration'), 'BadConfiguration'],
];

/** The only wording known to earlier versions. */
const byCapacityAlone: readonly Rule[] = [
  [(end) => stopCodeIs('TaskFailedToStart')(end) && reasonHas(/capacity is unavailable/i)(end), 'CapacityUnavailable'],
];

function couldNotStartFor(refusal: Refusal): (end: TaskEnd) => boolean {
  return (end) => {
    const { stoppedReason = '', containerReason = '' } = end;
    const isStart = stopCodeIs('TaskFailedToStart')(end) || couldNotStart.test(containerReason);
    if (!isStart || ranOutOfMemory(end)) return false;
    return [stoppedReason, containerReason].some((text) => refusalOf({ text }) === refusal);
  };
}

/** Rules for the reason of the ETL container. The agent writes the error's name first. */
const byContainerReason: readonly Rule[] = [
  [ranOutOfMemory, 'OutOfMemory'],
  [(end) => couldNotStart.test(end.containerReason ?? ''), 'TaskFailedToStart'],
];

function ranOutOfMemory(end: TaskEnd): boolean {
  return /OutOfMemory/.test(end.containerReason ?? '') || /^OutOfMemory/.test(end.stoppedReason ?? '');
}

/**
 * Returns the failure type of a task's end; undefined when the task ended successfully (its commit is checked later).
 * Order: limits, stop code, container reason, exit code. A missing exit code is a failure.
 *
 * @param knowsLimits false for a run that began under a version that knew a single wording. @default true
 */
export function failureOf(end: TaskEnd, knowsLimits = true): FailureType | undefined {
  if (end.status === 'unknown') return 'OutcomeUnknown';
  if (end.status === 'notStarted') return 'StartTimeout';
  const limits = knowsLimits ? byLimit : byCapacityAlone;
  const rule = [...limits, ...byStopCode, ...byContainerReason].find(([when]) => when(end));
  if (rule) return rule[1];
  // A container whose exit code is not reported yet may have done its work: the commit log decides.
  if (end.exitCode === undefined) return end.status === 'ended' ? undefined : 'ExitCodeMissing';
  if (end.exitCode !== exitCodes.done) return failureTypeOfExitCode(end.exitCode);
  // Exit code 0 is a success only for a task that ended by itself; an undocumented stop code is a failure.
  const isUnexplained = end.status === 'ended' && end.stopCode === undefined;
  return isUnexplained || end.stopCode === 'EssentialContainerExited' ? undefined : 'HostFailure';
}

/**
 * Returns whether a container's end is not followed by a relaunch: it is done, or has failed permanently. A task that
 * is relaunched must be STOPPED first.
 */
export function endedForGood(end: TaskEnd): boolean {
  if (end.exitCode === undefined) return false;
  const failed = failureOf(end);
  return failed === undefined || budgetOf(failed) === 'none';
}

/** Returns one line for people: the cause that the container recorded, else ECS's reason. */
export function reasonOf(end: TaskEnd): string {
  if (end.status === 'unknown') return `ECS no longer knows task ${end.taskArn}, so how it ended cannot be told`;
  if (end.status === 'notStarted') return 'the task did not start within the start timeout and was stopped';
  const facts = [
    end.reported,
    end.containerReason,
    end.exitCode === undefined ? 'no exit code' : `exit code ${end.exitCode}`,
    end.stopCode === 'EssentialContainerExited' ? undefined : end.stoppedReason,
  ];
  return facts.filter(Boolean).join('; ');
}
