import { type BatchSummary, filesFound, missed } from '@etl/pipeline/batch/summary';
import { noEvidence } from '@etl/pipeline/evidence';
import type { BatchEnd, Outcome, Subject } from '@etl/pipeline/messages/outcome';
import { type ApplicationFailure, isCancellation, upsertMemo } from '@temporalio/workflow';
import { notify, shown } from '../activities';
import { asFailure, failure, failureTypeOf } from '../failures';
import { warn, writePage } from './results';
import type { BatchState, RunningFile } from './state';

/** A memo is shown in lists of workflows: the rest is in the results. */
const problemsInMemo = 10;

/** How a batch ends that `failed` has stopped, or nothing has. */
export function endOf(state: Pick<BatchState, 'plan' | 'summary'>, failed: ApplicationFailure | undefined): BatchEnd {
  const { summary } = state;
  if (failed) return failureTypeOf(failed) === 'Cancelled' ? 'cancelled' : 'failed';
  if (missed(summary) > 0) return 'incomplete';
  if (filesFound(summary) === 0) return 'empty';
  return shortOfFiles(state) === undefined ? 'delivered' : 'tooFew';
}

/** Why a batch has found too few files; undefined for one that has found enough. */
export function shortOfFiles({ plan, summary }: Pick<BatchState, 'plan' | 'summary'>): string | undefined {
  const { minFiles = 0, prefix, from, to } = plan;
  const found = filesFound(summary);
  if (found >= minFiles) return undefined;
  const days = from === to ? from : `${from} to ${to}`;
  return (
    `found ${found} files below ${prefix} for ${days}, and minFiles is ${minFiles}: ` +
    `check that the feed has arrived there, or set minFiles to what such a batch may have`
  );
}

/** Keeps the last results, tells the end once, and puts it into the memo. */
export async function finish(state: BatchState, failed: ApplicationFailure | undefined): Promise<BatchEnd> {
  while (state.results.length > 0) await writePage(state);
  const { summary, plan, batch } = state;
  const ended = endOf(state, failed);
  const tooFew = failed ? undefined : shortOfFiles(state);
  const why = failed
    ? { failureType: failureTypeOf(failed), reason: failed.message }
    : tooFew !== undefined && { failureType: 'BatchIncomplete', reason: tooFew };
  const outcome: Outcome = {
    kind: 'batch',
    ended,
    prefix: plan.prefix,
    summary,
    ...why,
  };
  const notification = await sendNotification(outcome, batch);
  const problems = summary.problems.slice(0, problemsInMemo);
  upsertMemo({ batch: { ended, ...(why && { failureType: why.failureType }), ...summary, problems, notification } });
  return ended;
}

/** The request itself was wrong: there is nothing to sum up. */
export async function refuse(reasons: readonly string[], subject: Subject): Promise<ApplicationFailure> {
  const notification = await sendNotification({ kind: 'invalid', reasons }, subject);
  upsertMemo({ batch: { ended: 'failed', failureType: 'InvalidInput', reasons: reasons.slice(0, 20), notification } });
  return failure('InvalidInput', reasons.join('; '), { logTail: reasons });
}

/** The failure of a batch that could not be planned: told like any other end. */
export async function unplanned(error: unknown, subject: Subject): Promise<ApplicationFailure> {
  const failed = asFailure(error);
  const failureType = failureTypeOf(failed);
  const kind = failureType === 'Cancelled' ? 'cancelled' : 'failure';
  const notification = await sendNotification(
    { kind, failureType, reason: failed.message, evidence: noEvidence },
    subject,
  );
  const ended = kind === 'cancelled' ? 'cancelled' : 'failed';
  upsertMemo({ batch: { ended, failureType, reason: failed.message, notification } });
  return failed;
}

/** The failure of a batch that has tried everything. `tooFew`: why it has found too few files. */
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
 * Asks people for an answer, which no pipeline of a batch does itself: once until nothing is held any more, however many are.
 * That it could not be sent is told with the summary.
 */
export async function tellHeld(state: BatchState, file: RunningFile, until = 'unknown'): Promise<void> {
  const { uri, batchDate, workflowId, held = '' } = file;
  const [, dataset = '', , source = ''] = workflowId.split('/');
  const reason = held.startsWith(uri) ? held : `${uri}: ${held}`;
  try {
    const outcome = { kind: 'held', reason, until } as const;
    await notify.executeWithOptions(shown('batch: held'), [
      { outcome, subject: { ...state.batch, batchDate, dataset, source } },
    ]);
  } catch (error) {
    const warning = `that ${uri} is held could not be told: ${asFailure(error).message}`;
    warn(state, warning);
  }
}

/** A message that cannot be sent changes nothing about the files: it is recorded. */
async function sendNotification(outcome: Outcome, subject: Subject): Promise<object> {
  try {
    const ended = outcome.kind === 'batch' ? outcome.ended : outcome.kind;
    const { messageId } = await notify.executeWithOptions(shown(`batch: ${ended}`), [{ outcome, subject }]);
    return { sent: true, messageId };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { sent: false, error: asFailure(error).message };
  }
}
