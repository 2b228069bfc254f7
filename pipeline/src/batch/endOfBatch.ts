import { count } from '@etl/lib/amounts';
import { costText, type EndTexts, type NextStep, remedyOf } from '../endOfRun';
import type { FailureType } from '../failures/table';
import type { BatchEnd } from '../messages/outcome';
import { type BatchSummary, filesFound, missed } from './summary';

/** Facts of a batch that has ended, for its texts in the Web UI and in its memo. */
export interface EndOfBatch {
  readonly workflowId: string;
  readonly ended: BatchEnd;
  /** Failure type of a batch that failed. */
  readonly failureType?: FailureType | undefined;
  /** Absent for a batch that could not be planned. */
  readonly summary?: BatchSummary;
}

/** Returns the texts of the end of a batch. */
export function batchEndTexts(end: EndOfBatch): EndTexts {
  const { ended, failureType, summary } = end;
  const cost = costText(summary?.costUsd, 0);
  return { headline: failureType ?? headlineOf(ended, summary), cost, next: nextStepOf(end) };
}

function headlineOf(ended: BatchEnd, summary: BatchSummary | undefined): string {
  if (ended === 'empty') return 'Found no file';
  if (ended === 'incomplete' && summary)
    return `${missed(summary)} of ${count(filesFound(summary), 'file')} not delivered`;
  return `Delivered ${count(summary?.delivered ?? 0, 'file')}`;
}

function nextStepOf({ workflowId, ended, failureType, summary }: EndOfBatch): NextStep {
  const failed = { kind: 'batch' as const, workflowId, batch: {}, ...(summary && { files: filesOf(summary) }) };
  if (failureType === 'InvalidInput') return { text: 'Correct the request, and start the batch again' };
  if (failureType !== undefined) return remedyOf({ ...failed, failureType });
  if (ended === 'incomplete') return remedyOf({ ...failed, failureType: 'BatchIncomplete' });
  return { text: ended === 'empty' ? 'Check that the feed has arrived' : 'nothing to do' };
}

const filesOf = ({ invalid, failed, cancelled }: BatchSummary) => ({ invalid, failed, cancelled });
