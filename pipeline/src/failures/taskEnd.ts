import type { TaskSize } from '@etl/ecs/sizes';
import { type Refusal, refusalOf } from '../causes/refusals';

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

/**
 * Returns whether the task has one of these stop codes.
 * @see Amazon ECS API Reference, Task, stopCode; Amazon ECS Developer Guide, "Stopped tasks error codes"
 */
export const hasStopCode =
  (...codes: readonly string[]) =>
  ({ stopCode }: TaskEnd): boolean =>
    stopCode !== undefined && codes.includes(stopCode);

/** Returns whether the task used Spot capacity. */
export const isOfSpot = ({ spot, stoppedReason = '' }: TaskEnd): boolean =>
  spot === true || /spot/i.test(stoppedReason);

/** Returns whether the container could not start. The agent writes the error's name first. */
export const couldNotStart = ({ containerReason = '' }: TaskEnd): boolean =>
  /^(CannotPull|CannotStart|CannotCreate|ResourceInitialization)\w*/.test(containerReason);

export const ranOutOfMemory = ({ containerReason = '', stoppedReason = '' }: TaskEnd): boolean =>
  /OutOfMemory/.test(containerReason) || /^OutOfMemory/.test(stoppedReason);

/** Returns whether the container ended by itself, or has ended and ECS gives no stop code yet. */
export const endedByItself = ({ status, stopCode }: TaskEnd): boolean =>
  stopCode === 'EssentialContainerExited' || (status === 'ended' && stopCode === undefined);

const byImportance: readonly Refusal[] = ['capacity', 'throttled', 'configuration'];

/**
 * Returns the limit, or the state of the account, that prevented the task from starting: the services that provide
 * image, secrets and network have limits, too.
 */
export function startRefusalOf(end: TaskEnd): Refusal | undefined {
  const isStart = hasStopCode('TaskFailedToStart')(end) || couldNotStart(end);
  if (!isStart || ranOutOfMemory(end)) return undefined;
  const { stoppedReason = '', containerReason = '' } = end;
  const found = [stoppedReason, containerReason].map((text) => refusalOf({ text }));
  return byImportance.find((refusal) => found.includes(refusal));
}

/** Returns one line for people: the cause that the container recorded, else ECS's reason. */
export function reasonOf(end: TaskEnd): string {
  if (end.status === 'unknown') return `ECS no longer knows task ${end.taskArn}, so its outcome is unknown`;
  if (end.status === 'notStarted') return 'the task did not start within the start timeout and was stopped';
  const facts = [
    end.reported,
    end.containerReason,
    end.exitCode === undefined ? 'no exit code' : `exit code ${end.exitCode}`,
    end.stopCode === 'EssentialContainerExited' ? undefined : end.stoppedReason,
  ];
  return facts.filter(Boolean).join('; ');
}
