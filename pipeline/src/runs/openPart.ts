import { fieldsOf, isAmount } from '@etl/lib/reading';
import type { Launch } from '../launches';
import { progressOf } from '../progress';
import { textOf } from './loose';
import type { PendingCall, RunFacts } from './runFacts';
import type { RunView } from './runView';

/** Returns what is known of a run that has not ended. */
export function openPart(facts: RunFacts, launches: readonly Launch[]): Partial<RunView> {
  const answer = fieldsOf(facts.answer);
  const retried = retriedCall(facts);
  const step = textOf(answer.step);
  const progress = facts.progress ?? progressOf(answer.progress);
  const last = launches.at(-1);
  const waits = step === 'wait' || step === 'held';
  const note = textOf(answer.note);
  const launch = isAmount(answer.generation) ? answer.generation : undefined;
  const taskArn = textOf(answer.taskArn);
  const { done, of } = fieldsOf(answer.shards);
  return {
    ...(step !== undefined && { step }),
    ...(launch !== undefined && { launch }),
    ...(taskArn !== undefined && { taskArn }),
    ...(progress && { progress, rows: { read: progress.rowsRead, written: 0, rejected: 0 } }),
    ...(isAmount(done) && isAmount(of) && { shards: { done, of } }),
    ...(step === 'wait' && last?.failureType !== undefined && { failureType: last.failureType }),
    ...(step === 'held' && { failureType: 'Held' }),
    ...(waits && { reason: (step === 'wait' ? last?.reason : undefined) ?? note ?? '' }),
    ...(retried && {
      ...(retried.failureType !== undefined && { failureType: retried.failureType }),
      reason: retried.reason ?? '',
      attempt: retried.attempt,
    }),
  };
}

/** Returns the pending activity whose last attempt failed, if any. */
const retriedCall = ({ pending = [] }: RunFacts): PendingCall | undefined =>
  pending.find(({ reason }) => reason !== undefined);

/** Returns when an open run tries again, in ISO 8601. */
export function retryOf(facts: RunFacts): { retryAt?: string } {
  const retryAt = retriedCall(facts)?.retryAt ?? textOf(fieldsOf(facts.answer).retryAt);
  return retryAt === undefined ? {} : { retryAt };
}
