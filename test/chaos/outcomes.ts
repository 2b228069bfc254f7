import { type FailureType, failureTypes } from '@etl/pipeline/failures';
import type { RealTask } from '../support/realTasks';
import { timeoutSeconds } from './faults';
import type { Walked } from './walk';

/** What may become of any run on a bad day: its launches are used up, or a service stays away. */
const badLuck: ReadonlySet<string> = new Set([
  ...Object.entries(failureTypes).flatMap(([type, { budget }]) => (budget === 'none' ? [] : [type])),
  'ServiceUnavailable',
]);

/** No other task is launched until the one before is STOPPED. */
const isLate = ({ isStuck, createdAt, end }: RealTask): boolean =>
  isStuck || (end !== undefined && end.at - createdAt >= timeoutSeconds * 1000);

/** What a run must come to that is neither cancelled nor terminated, beside bad luck; undefined for a delivery. */
const owed: Readonly<Record<Walked['kind'], readonly (FailureType | undefined)[]>> = {
  ordinary: [undefined],
  bad: ['BadData'],
  replaced: [undefined, 'SourceChanged'],
  denied: ['BadConfiguration'],
};

/** The run came to an end that its kind can have. */
export function unexpectedOutcome({ kind, status, failureType }: Walked, tasks: readonly RealTask[]): string[] {
  if (status === 'COMPLETED') return owed[kind].includes(undefined) ? [] : [`a run of kind ${kind} was delivered`];
  if (status === 'CANCELLED') return failureType === 'Cancelled' ? [] : [`cancelled as ${failureType}`];
  if (status === 'TERMINATED') return [];
  if (status !== 'FAILED') return [`ended as ${status}`];
  if (failureType !== undefined) {
    if (owed[kind].some((type) => type === failureType)) return [];
    // No launch gets as far as to have bad luck.
    if (kind !== 'denied' && badLuck.has(failureType)) return [];
    if (failureType === 'Timeout' && tasks.some(isLate)) return [];
  }
  return [`a run of kind ${kind} failed as ${failureType}`];
}
