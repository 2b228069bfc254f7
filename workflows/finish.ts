import { type EndOfRun, endLine, endTexts, nextLine } from '@etl/pipeline/endOfRun';
import { maxShownLaunches } from '@etl/pipeline/evidence';
import type { FailureType } from '@etl/pipeline/failures/table';
import { type Launch, totalCostUsd } from '@etl/pipeline/launches';
import { batchFields } from '@etl/pipeline/layout';
import type { Subject } from '@etl/pipeline/messages/outcome';
import { attributesOfBatch, type RunOutcome } from '@etl/pipeline/searchAttributes';
import { upsertMemo } from '@temporalio/workflow';
import { setAttributes } from './attributes';
import type { StatusTracker } from './status';

type Facts = Pick<EndOfRun, 'event' | 'failureType' | 'reason' | 'rowsWritten' | 'alreadyDelivered'>;

/**
 * Writes the end of a run to the current details, and to the memo and the search attributes, which are readable without
 * a worker. `memo`: further facts for the memo.
 */
export async function finish(
  status: StatusTracker,
  subject: Subject,
  facts: Facts,
  { outcome, ...memo }: { readonly outcome: string } & Readonly<Record<string, unknown>>,
): Promise<void> {
  const { workflowId, owner } = subject;
  const batch = batchFields(subject);
  const cost = costOf(status);
  const end = endTexts({ ...facts, ...cost, workflowId, batch, launches: status.launches().length });
  status.end(end, facts.reason);
  const routing = status.routing();
  const first = { outcome, ...cost, next: nextLine(end.next) };
  upsertMemo({ etl: { ...first, ...memo, launches: shownLaunches(status), ...batch, ...(routing && { routing }) } });
  await setAttributes(
    {
      ...attributesOfBatch(batch),
      EtlOwner: owner,
      EtlOutcome: runOutcomeOf(facts),
      EtlFailureType: facts.failureType,
      EtlRowsWritten: facts.rowsWritten,
      EtlCostUsd: cost.costUsd,
    },
    endLine(end),
  );
}

function runOutcomeOf({ failureType, alreadyDelivered }: Facts): RunOutcome {
  if (failureType === undefined) return alreadyDelivered ? 'alreadyDelivered' : 'delivered';
  const outcomes: Partial<Record<FailureType, RunOutcome>> = { InvalidInput: 'invalid', Cancelled: 'cancelled' };
  return outcomes[failureType] ?? 'failed';
}

/** Returns the latest launches, for the memo and the result. */
export function shownLaunches(status: StatusTracker): readonly Launch[] {
  return status.launches().slice(-maxShownLaunches);
}

export function costOf(status: StatusTracker): { costUsd?: number } {
  const costUsd = totalCostUsd(status.launches());
  return costUsd === undefined ? {} : { costUsd };
}
