import type { TaskSize } from '@etl/ecs/sizes';
import { type Refusal, refusalOf } from './causes/refusals';
import { budgetOf, exitCodes, type FailureType, failureTypeOfExitCode } from './failures';

/** How a task ended, as far as ECS says. Times are milliseconds since the epoch. */
export interface TaskEnd {
  readonly taskArn: string;
  /**
   * `ended`: its ETL container has ended, and ECS does not report the task STOPPED yet. `unknown`: ECS had the task and no longer
   * has. `notStarted`: it is still starting at the start timeout.
   */
  readonly status: 'stopped' | 'ended' | 'unknown' | 'notStarted';
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Of the ETL container, never of a sidecar. */
  readonly exitCode?: number;
  readonly containerReason?: string;
  readonly size?: TaskSize;
  readonly ephemeralStorageGiB?: number;
  readonly spot?: boolean;
  /** From here on a task costs money. */
  readonly pullStartedAt?: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** The cause as the container itself wrote it down. */
  readonly reported?: string;
  readonly logTail: readonly string[];
}

const couldNotStart = /^(CannotPull|CannotStart|CannotCreate|ResourceInitialization)\w*/;

type Rule = readonly [when: (end: TaskEnd) => boolean, type: FailureType];

const stopCodeIs = (code: string) => (end: TaskEnd) => end.stopCode === code;
const reasonHas = (pattern: RegExp) => (end: TaskEnd) => pattern.test(end.stoppedReason ?? '');

/**
 * What ECS says of the task as a whole, first match first. Source: Amazon ECS API, Task.stopCode; Amazon ECS Developer
 * Guide, stopped task error codes.
 */
const byStopCode: readonly Rule[] = [
  // A container that is killed for its memory while the task starts has still been killed for its memory.
  [(end) => stopCodeIs('TaskFailedToStart')(end) && !ranOutOfMemory(end), 'TaskFailedToStart'],
  [stopCodeIs('SpotInterruption'), 'SpotInterruption'],
  // The notice comes to Spot tasks, and to others whose host is retired.
  [(end) => stopCodeIs('TerminationNotice')(end) && (end.spot === true || reasonHas(/spot/i)(end)), 'SpotInterruption'],
  [stopCodeIs('TerminationNotice'), 'HostFailure'],
  [stopCodeIs('InfrastructureHealth'), 'HostFailure'],
  [(end) => stopCodeIs('UserInitiated')(end) || stopCodeIs('ServiceSchedulerInitiated')(end), 'TaskStopped'],
];

/** A task that could not start for a limit: image, secrets and network are fetched from services that have some, too. */
const byLimit: readonly Rule[] = [
  [couldNotStartFor('capacity'), 'CapacityUnavailable'],
  [couldNotStartFor('throttled'), 'Throttled'],
  [couldNotStartFor('configuration'), 'BadConfiguration'],
];

/** The one wording that earlier versions knew. */
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

/** What ECS says of the ETL container. The agent writes the error's name first. */
const byContainerReason: readonly Rule[] = [
  [ranOutOfMemory, 'OutOfMemory'],
  [(end) => couldNotStart.test(end.containerReason ?? ''), 'TaskFailedToStart'],
];

function ranOutOfMemory(end: TaskEnd): boolean {
  return /OutOfMemory/.test(end.containerReason ?? '') || /^OutOfMemory/.test(end.stoppedReason ?? '');
}

/**
 * Returns undefined when the task ended as a success does (the commit must still be there), else what it failed of. Order: limits,
 * stop code, container reason, exit code. No exit code is a failure.
 *
 * @param knowsLimits false for a run that began under a version that knew one wording alone. @default true
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
  // Exit code 0 is a success only of a task that ended by itself; a stop code nobody has described is none.
  const isUnexplained = end.status === 'ended' && end.stopCode === undefined;
  return isUnexplained || end.stopCode === 'EssentialContainerExited' ? undefined : 'HostFailure';
}

/**
 * Returns whether a container has ended in a way that is not followed by a new launch of its work: it is done, or has failed for
 * good. One that is launched again is seen STOPPED first.
 */
export function endedForGood(end: TaskEnd): boolean {
  if (end.exitCode === undefined) return false;
  const failed = failureOf(end);
  return failed === undefined || budgetOf(failed) === 'none';
}

/** One line for people: what the container said, else what ECS says. */
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
