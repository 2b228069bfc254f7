import { shownUri } from '@etl/lib/text/shownUri';
import type { FileResult } from '../batch/fileResult';
import type { CommandText } from '../command';
import { batchOfWorkflowId } from '../layout';
import { nothing, titleOf } from './common';
import { nextOf } from './next';
import type { RunView } from './runView';
import { stepOfFailure } from './stepOfFailure';

/** Returns the view of a file of a batch, from the batch's result of it. */
export function runViewOfFile(result: FileResult, command?: CommandText): RunView {
  const { uri, workflowId, batchDate, outcome, failureType, reason, rowsWritten, rowsRejected = 0, costUsd } = result;
  const step = failureType === undefined ? undefined : stepOfFailure(failureType, reason ?? '', []);
  const batch = { ...batchOfWorkflowId(workflowId), batchDate };
  const view: RunView = {
    ...nothing,
    kind: 'file',
    workflowId,
    runId: '',
    batch,
    title: titleOf(batch, workflowId),
    file: shownUri(uri),
    outcome:
      outcome === 'delivered' || outcome === 'skipped' ? 'delivered' : outcome === 'cancelled' ? 'cancelled' : 'failed',
    startedAt: '',
    ...(step !== undefined && { step }),
    ...(failureType !== undefined && { failureType }),
    ...(reason !== undefined && { reason }),
    ...(costUsd !== undefined && { costUsd }),
    ...(rowsWritten !== undefined && { rows: { written: rowsWritten, rejected: rowsRejected } }),
  };
  const next = nextOf(view, {}, command);
  return { ...view, ...(next && { next }) };
}
