import { exitCodes } from './exitCodes';
import { budgetOf, type FailureType, failureTypeOfExitCode, type KilledFor, phases, typesWith } from './table';
import { hasStopCode, type TaskEnd } from './taskEnd';

/** The only limit that earlier versions recognised. */
const isOldLimit = (end: TaskEnd): boolean =>
  hasStopCode('TaskFailedToStart')(end) && /capacity is unavailable/i.test(end.stoppedReason ?? '');

/**
 * Returns the failure type of a task's end; undefined when the task ended successfully (its commit is checked later).
 * A missing exit code is a failure. Exit code 0 is a success only for a task that ended by itself.
 *
 * @param knowsLimits false for a run that began under a version that knew a single wording. @default true
 */
export function failureOf(end: TaskEnd, knowsLimits = true): FailureType | undefined {
  for (const phase of phases) {
    if (phase === 'limit' && !knowsLimits) {
      if (isOldLimit(end)) return 'CapacityUnavailable';
      continue;
    }
    const [type] = typesWith(({ ends }) => ends?.[phase]?.(end) === true);
    if (type) return type;
  }
  return end.exitCode === undefined || end.exitCode === exitCodes.done
    ? undefined
    : failureTypeOfExitCode(end.exitCode);
}

/** Returns the failure type of a conversion in the light lane; undefined when it ended successfully. */
export function failureOfLight(end: {
  readonly exitCode?: number;
  readonly killedFor?: KilledFor;
}): FailureType | undefined {
  const { exitCode, killedFor } = end;
  if (killedFor) return typesWith((row) => row.killedFor === killedFor)[0];
  if (exitCode === undefined) return 'ExitCodeMissing';
  return exitCode === exitCodes.done ? undefined : failureTypeOfExitCode(exitCode);
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
