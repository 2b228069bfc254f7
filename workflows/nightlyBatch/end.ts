import { count } from '@etl/lib/amounts';
import { batchEndTexts } from '@etl/pipeline/batch/endOfBatch';
import { type BatchSummary, filesFound, missed } from '@etl/pipeline/batch/summary';
import { type EndTexts, endLine, type NextStep, nextLine } from '@etl/pipeline/endOfRun';
import { noEvidence } from '@etl/pipeline/evidence';
import { batchOfWorkflowId } from '@etl/pipeline/layout';
import type { BatchEnd, Outcome, Subject } from '@etl/pipeline/messages/outcome';
import { roundUsd } from '@etl/pipeline/prices/roundUsd';
import { type ApplicationFailure, isCancellation, upsertMemo } from '@temporalio/workflow';
import { notify, withSummary } from '../activities';
import { setAttributes } from '../attributes';
import { asFailure, failure, failureTypeOf } from '../failures';
import { warn, writePage } from './results';
import type { BatchState, RunningFile } from './state';

/** Problems in the memo, which lists of workflows show. The results have all of them. */
const problemsInMemo = 10;

/** Returns how a batch ends. `failed`: the failure that stopped it, if any. */
export function endOf(state: Pick<BatchState, 'plan' | 'summary'>, failed: ApplicationFailure | undefined): BatchEnd {
  const { summary } = state;
  if (failed) return failureTypeOf(failed) === 'Cancelled' ? 'cancelled' : 'failed';
  if (missed(summary) > 0) return 'incomplete';
  if (filesFound(summary) === 0) return 'empty';
  return shortOfFiles(state) === undefined ? 'delivered' : 'tooFew';
}

/** Returns why the batch has found too few files; undefined if it has found enough. */
export function shortOfFiles({ plan, summary }: Pick<BatchState, 'plan' | 'summary'>): string | undefined {
  const { minFiles = 0, prefix, from, to } = plan;
  const found = filesFound(summary);
  if (found >= minFiles) return undefined;
  const days = from === to ? from : `${from} to ${to}`;
  return (
    `found ${count(found, 'file')} below ${prefix} for ${days}, fewer than minFiles (${minFiles}): ` +
    `check that the feed has arrived, or lower minFiles`
  );
}

/** Returns whether a batch that ends this way fails, because it has not delivered all files. */
export function isIncomplete({ plan }: Pick<BatchState, 'plan'>, ended: BatchEnd): boolean {
  return ended === 'incomplete' && plan.onFailure === 'fail';
}

/** Writes the remaining results, sends the notification once, and writes the outcome to the memo. */
export async function finish(state: BatchState, failed: ApplicationFailure | undefined): Promise<Finished> {
  while (state.results.length > 0) await writePage(state);
  const { summary, plan, batch } = state;
  const ended = endOf(state, failed);
  const tooFew = failed ? undefined : shortOfFiles(state);
  const why = failed
    ? { failureType: failureTypeOf(failed), reason: failed.message }
    : tooFew !== undefined && { failureType: 'BatchIncomplete' as const, reason: tooFew };
  const outcome: Outcome = {
    kind: 'batch',
    ended,
    prefix: plan.prefix,
    summary,
    ...why,
  };
  const failureType = why ? why.failureType : isIncomplete(state, ended) ? 'BatchIncomplete' : undefined;
  const texts = batchEndTexts({ workflowId: batch.workflowId, ended, failureType, summary });
  const notification = await sendNotification(outcome, batch, ended === 'delivered' ? undefined : texts.next);
  const problems = summary.problems.slice(0, problemsInMemo);
  const first = { ended, ...(why && { failureType: why.failureType }), next: nextLine(texts.next) };
  upsertMemo({ batch: { ...first, ...summary, problems, notification } });
  const { from, to } = plan;
  await setAttributes(
    {
      // A backfill of several days belongs to none of them.
      ...(from === to && { EtlBatchDate: from }),
      EtlOutcome: ended,
      EtlFailureType: failureType,
      EtlRowsWritten: summary.rowsWritten,
      EtlCostUsd: roundUsd(summary.costUsd),
    },
    endLine(texts),
  );
  return { ended, texts };
}

interface Finished {
  readonly ended: BatchEnd;
  /** For the current details. */
  readonly texts: EndTexts;
}

/** Notifies that the request was invalid, and returns the failure. There is no summary. */
export async function refuse(reasons: readonly string[], subject: Subject): Promise<ApplicationFailure> {
  const { next } = batchEndTexts({ workflowId: subject.workflowId, ended: 'failed', failureType: 'InvalidInput' });
  const notification = await sendNotification({ kind: 'invalid', reasons }, subject, next);
  upsertMemo({ batch: { ended: 'failed', failureType: 'InvalidInput', reasons: reasons.slice(0, 20), notification } });
  await setAttributes({ EtlOutcome: 'failed', EtlFailureType: 'InvalidInput' }, 'InvalidInput');
  return failure('InvalidInput', reasons.join('; '), { logTail: reasons });
}

/** Notifies that the batch could not be planned, and returns the failure. */
export async function unplanned(error: unknown, subject: Subject): Promise<ApplicationFailure> {
  const failed = asFailure(error);
  const failureType = failureTypeOf(failed);
  const kind = failureType === 'Cancelled' ? 'cancelled' : 'failure';
  const ended = kind === 'cancelled' ? 'cancelled' : 'failed';
  const { next } = batchEndTexts({ workflowId: subject.workflowId, ended, failureType });
  const notification = await sendNotification(
    { kind, failureType, reason: failed.message, evidence: noEvidence },
    subject,
    next,
  );
  upsertMemo({ batch: { ended, failureType, reason: failed.message, notification } });
  await setAttributes({ EtlOutcome: ended, EtlFailureType: failureType }, failureType);
  return failed;
}

/**
 * Returns the failure of a batch that has tried all files but not delivered all. `tooFew`: why it has found too few
 * files.
 */
export function incomplete(summary: BatchSummary, tooFew: string | undefined): ApplicationFailure {
  const { invalid, failed, cancelled, files } = summary;
  const kinds = Object.entries({ failed, invalid, cancelled }).flatMap(([kind, count]) =>
    count > 0 ? `${count} ${kind}` : [],
  );
  const lines = summary.problems.map(({ uri, failureType, reason }) =>
    [uri, failureType, reason].filter(Boolean).join(': '),
  );
  const where = summary.results === undefined ? '' : `; all results: ${summary.results}`;
  const notDelivered = `${missed(summary)} of ${files} files were not delivered (${kinds.join(', ')})`;
  const what = [...(missed(summary) > 0 ? [notDelivered] : []), ...(tooFew === undefined ? [] : [tooFew])].join('; ');
  const reason = `${what}${where}`;
  return failure('BatchIncomplete', reason, { logTail: lines.slice(0, 20) });
}

/**
 * Sends one request for approval while any files are held, however many there are; the pipelines of a batch do not send
 * their own. If the message cannot be sent, the summary has a warning.
 */
export async function notifyHeld(state: BatchState, file: RunningFile, until = 'unknown'): Promise<void> {
  const { uri, batchDate, held = '' } = file;
  const reason = held.startsWith(uri) ? held : `${uri}: ${held}`;
  try {
    const outcome = { kind: 'held', reason, until } as const;
    await notify.executeWithOptions(withSummary('batch: held'), [
      { outcome, subject: { ...state.batch, ...batchOfWorkflowId(file.workflowId), batchDate } },
    ]);
  } catch (error) {
    const warning = `the notification that ${uri} is held could not be sent: ${asFailure(error).message}`;
    warn(state, warning);
  }
}

/** Sends a notification. If that fails, returns the error for the memo: a failed message does not affect the files. */
async function sendNotification(outcome: Outcome, subject: Subject, next?: NextStep): Promise<object> {
  try {
    const ended = outcome.kind === 'batch' ? outcome.ended : outcome.kind;
    const { messageId } = await notify.executeWithOptions(withSummary(`batch: ${ended}`), [
      { outcome, subject, ...(next && { next }) },
    ]);
    return { sent: true, messageId };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { sent: false, error: asFailure(error).message };
  }
}
