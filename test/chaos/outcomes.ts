import { type FailureType, failureTypes } from '@etl/pipeline/failures/table';
import type { RealTask } from '../support/realTasks';
import { timeoutSeconds } from './faults';
import type { Walked } from './walk';

/** Failure types that any run may have under these faults: its launches are used up, or a service is unavailable. */
const badLuck: ReadonlySet<string> = new Set([
  ...Object.entries(failureTypes).flatMap(([type, { budget }]) => (budget === 'none' ? [] : [type])),
  'ServiceUnavailable',
]);

/** Whether a launch may have timed out: the next task is launched only after the previous one is STOPPED. */
const isLate = ({ isStuck, createdAt, end }: RealTask): boolean =>
  isStuck || (end !== undefined && end.at - createdAt >= timeoutSeconds * 1000);

/**
 * Required outcomes of a run that is neither cancelled nor terminated, apart from bad luck; undefined for a delivery.
 */
const owed: Readonly<Record<Walked['kind'], readonly (FailureType | undefined)[]>> = {
  ordinary: [undefined],
  bad: ['BadData'],
  replaced: [undefined, 'SourceChanged'],
  denied: ['BadConfiguration'],
};

/** Returns a problem unless the run has an outcome that its kind can have. */
export function unexpectedOutcome({ kind, status, failureType }: Walked, tasks: readonly RealTask[]): string[] {
  if (status === 'COMPLETED') return owed[kind].includes(undefined) ? [] : [`a run of kind ${kind} was delivered`];
  if (status === 'CANCELLED') return failureType === 'Cancelled' ? [] : [`cancelled as ${failureType}`];
  if (status === 'TERMINATED') return [];
  if (status !== 'FAILED') return [`ended as ${status}`];
  if (failureType !== undefined) {
    if (owed[kind].some((type) => type === failureType)) return [];
    // A denied run never launches, so it cannot fail in a launch.
    if (kind !== 'denied' && badLuck.has(failureType)) return [];
    if (failureType === 'Timeout' && tasks.some(isLate)) return [];
  }
  return [`a run of kind ${kind} failed as ${failureType}`];
}
