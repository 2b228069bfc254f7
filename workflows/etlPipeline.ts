import { isCalendarDate } from '@etl/lib/names';
import { shownUri } from '@etl/lib/text/shownUri';
import { baseName } from '@etl/lib/uri';
import type { Approval } from '@etl/pipeline/approval';
import { completePlan } from '@etl/pipeline/completePlan';
import { excerptOf } from '@etl/pipeline/deadLetters/excerpt';
import { budgets as defaultBudgets } from '@etl/pipeline/definition';
import { type NextStep, remedyOf } from '@etl/pipeline/endOfRun';
import { eventProblem } from '@etl/pipeline/inputSize';
import type { Launch } from '@etl/pipeline/launches';
import { type Batch, batchOfWorkflowId } from '@etl/pipeline/layout';
import { looseDetail } from '@etl/pipeline/looseDetail';
import type { Outcome, Subject } from '@etl/pipeline/messages/outcome';
import type { Plan, Routing } from '@etl/pipeline/plan';
import type { RowCounts } from '@etl/pipeline/runs/runView';
import { type AppliedSink, replayCommand } from '@etl/pipeline/sinks/outcome';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import {
  type ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunIdentity } from '../activities/contract';
import { notify, sendToDeadLetters, validateInput, withSummary } from './activities';
import { trackApproval } from './approval';
import { confirmed, type Delivered } from './confirmed';
import { deliver } from './deliver';
import { recordDelivery, recordEnd } from './facts';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { costOf, finish, shownLaunches } from './finish';
import { type LineageTracker, trackLineage } from './lineage';
import { runContext } from './runTask';
import { allApplied, applySinks } from './sinks';
import { type StatusTracker, trackStatus } from './status';

export interface PipelineResult {
  readonly batch: Batch;
  readonly delivered: Delivered;
  readonly launches: readonly Launch[];
  /** Set when the source was already delivered with the same options. The run launched nothing. */
  readonly alreadyDelivered?: true;
  /** Cost of all launches, including those that are not listed. */
  readonly costUsd?: number;
  /** Where the conversion ran and why, with the estimate. Absent in runs of earlier versions. */
  readonly routing?: Routing;
  readonly notification: Notification;
  /** What was applied to each sink; absent without sinks. */
  readonly sinks?: readonly AppliedSink[];
  /** The approval of a batch that a quality gate held. */
  readonly approval?: Approval;
}

type Notification =
  | { readonly sent: true; readonly messageId: string }
  | { readonly sent: false; readonly error: string }
  | typeof notAsked;

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { refuseAtOnce: 'refuse-unreadable-event' } as const;

/** The event disabled notifications: the batch that the file belongs to sends them. */
const notAsked = { sent: false, notAsked: true } as const;

/**
 * Publishes a file as a batch: validate, transform, notify. If the run fails, it sends an alert, sends the event to the
 * dead-letter queue and ends with its own failure type. A cancelled run sends the alert but no dead letter.
 */
export async function etlPipeline(event: unknown): Promise<PipelineResult> {
  const info = workflowInfo();
  const run: RunIdentity = {
    workflowId: info.workflowId,
    runId: info.runId,
    startedAt: info.runStartTime.toISOString(),
  };
  const title = titleOf(event);
  const status = trackStatus(title);
  const answers = trackApproval();
  const lineage = trackLineage(run, title);
  const { batchDate } = looseDetail(event);
  // Until the validation has ended: what the workflow ID and the event state.
  let batch: Partial<Batch> & Pick<Subject, 'owner'> = {
    ...batchOfWorkflowId(info.workflowId),
    ...(batchDate !== undefined && isCalendarDate(batchDate) && { batchDate }),
  };
  let committed: Committed | undefined;
  try {
    const { plan, delivered: alreadyDelivered = false } = await validate(event, title, lineage, (known) => {
      batch = { ...batch, ...known };
      status.identify(batch);
    });
    if (plan.routing && !alreadyDelivered) status.explain(plan.routing);
    // A batch sends one notification for all its held files, so its pipelines send none.
    const held = async (reason: string, until: string): Promise<void> => {
      if (plan.notifications !== 'none')
        await sendNotification(title, { kind: 'held', reason, until }, { ...batch, ...run });
    };
    const context = runContext({ plan, run, title, status });
    const delivered = alreadyDelivered
      ? await confirmed(
          context,
          { logTail: [] },
          failure('CommitMissing', 'the batch was delivered, but its commit is missing'),
        )
      : await deliver(context, { answers, alert: held });
    if (!alreadyDelivered) recordDelivery(plan.batch, delivered);
    const approval = answers.answer();
    if (plan.sinks) committed = { commit: delivered.commit, sinks: Object.keys(plan.sinks) };
    const sinks = plan.sinks && (await finishSinks(plan, plan.sinks, run, status));
    const note = alreadyDelivered
      ? { note: 'Already delivered: same source, same options. Nothing was launched.' }
      : {};
    recordEnd(plan.batch, alreadyDelivered ? 'already_delivered' : 'delivered');
    status.set({ step: 'notify', ...note });
    const warnings = [...plan.warnings, ...delivered.warnings];
    // The data is published: a cancellation from here on has no effect.
    const notification = await CancellationScope.nonCancellable(async () =>
      plan.notifications === 'none'
        ? notAsked
        : sendNotification(
            title,
            { ...delivered, kind: 'success', warnings, ...(sinks && { sinks }) },
            { ...batch, ...run },
          ),
    );
    await lineage.end('COMPLETE');
    const already = alreadyDelivered ? ({ alreadyDelivered } as const) : {};
    const { rowsRead: read, rowsWritten: written, rowsRejected: rejected } = delivered.totals;
    const rows: RowCounts = { read, written, rejected };
    await finish(
      status,
      { ...batch, ...run },
      { rowsWritten: written, alreadyDelivered },
      { outcome: 'delivered', published: delivered.published, rows, notification, ...already, ...note },
    );
    const { batch: published, routing } = plan;
    return {
      batch: published,
      delivered,
      launches: shownLaunches(status),
      ...costOf(status),
      ...already,
      ...(routing && !alreadyDelivered && { routing }),
      notification,
      ...(sinks && { sinks }),
      ...(approval && { approval }),
    };
  } catch (error) {
    const failed = failureWith(asFailure(error), committed, batch);
    await CancellationScope.nonCancellable(() => alert(event, title, failed, { ...batch, ...run }, status));
    await lineage.end(isCancellation(error) ? 'ABORT' : 'FAIL', `${failureTypeOf(failed)}: ${failed.message}`);
    throw isCancellation(error) ? error : failed;
  }
}

async function validate(
  event: unknown,
  title: string,
  lineage: LineageTracker,
  known: (batch: Partial<Batch> & Pick<Subject, 'owner'>) => void,
): Promise<{ readonly plan: Plan; readonly delivered?: boolean }> {
  const problem = eventProblem(event);
  if (problem !== undefined && patched(patches.refuseAtOnce))
    throw failure('InvalidInput', problem, { logTail: [problem] });
  const validation = await validateInput.executeWithOptions(withSummary(title), [{ event }]);
  await lineage.begin(validation, event);
  const { owner } = validation.valid ? validation.plan : validation;
  known({ ...(validation.valid ? validation.plan.batch : validation.batch), ...(owner !== undefined && { owner }) });
  if (!validation.valid) throw failure('InvalidInput', validation.reasons.join('; '), { logTail: validation.reasons });
  return { ...validation, plan: completePlan(validation.plan) };
}

/** A commit whose sinks have not all applied it yet. */
interface Committed {
  readonly commit: number;
  readonly sinks: readonly string[];
}

/** Adds to a cancellation that the data is committed: it does not undo that. */
function failureWith(
  failed: ApplicationFailure,
  committed: Committed | undefined,
  batch: Partial<Batch>,
): ApplicationFailure {
  const { dataset, batchDate } = batch;
  if (failureTypeOf(failed) !== 'Cancelled' || !committed || dataset === undefined || batchDate === undefined)
    return failed;
  const { commit, sinks } = committed;
  const what = `the data is committed (commit ${commit}), but these sinks may lack it: ${sinks.join(', ')}`;
  return failure('Cancelled', `${failed.message}; ${what}. Finish with: ${replayCommand({ dataset, batchDate })}`);
}

/**
 * Applies the commit to the sinks of the dataset.
 * @throws `SinkFailed` if a sink lacks the commit; the data is committed nevertheless
 */
async function finishSinks(
  { destination, batch, budgets }: Plan,
  sinks: Sinks,
  run: RunIdentity,
  status: StatusTracker,
): Promise<readonly AppliedSink[]> {
  status.set({ step: 'sinks', note: `Applying the commit to ${Object.keys(sinks).join(', ')}` });
  const stage = { destination, batch, sinks, run, budget: budgets.sinks ?? defaultBudgets.sinks };
  return allApplied(stage, await applySinks(stage));
}

async function alert(
  event: unknown,
  title: string,
  failed: ApplicationFailure,
  subject: Subject,
  status: StatusTracker,
): Promise<void> {
  const failureType = failureTypeOf(failed);
  recordEnd(subject, failureType === 'Cancelled' ? 'cancelled' : 'failed', failureType);
  const reason = failed.message;
  status.set({ step: 'alert', failureType, note: `${failureType}: ${reason}` });
  // Read from the event: validation may have failed before there was a plan.
  const isAsked = looseDetail(event).notifications !== 'none';
  const next = remedyOf({ kind: 'file', workflowId: subject.workflowId, batch: subject, event, failureType, reason });
  const notification = isAsked ? await sendNotification(title, outcomeOf(failed), subject, next) : notAsked;
  const deadLetter =
    failureType === 'Cancelled'
      ? undefined
      : await recorded(() => {
          const { workflowId, runId } = subject;
          return sendToDeadLetters.executeWithOptions(withSummary(`${title}: ${failureType}`), [
            { event: letterEvent(event), failureType, reason, workflowId, runId },
          ]);
        });
  await finish(
    status,
    subject,
    { failureType, reason, event },
    { outcome: failureType, reason, notification, ...(deadLetter && { deadLetter }) },
  );
}

/**
 * Returns the event for the dead letter; an excerpt if the event is too large for an activity. The run's history has
 * the original.
 */
function letterEvent(event: unknown): unknown {
  const problem = eventProblem(event);
  return problem === undefined ? event : excerptOf(event, { problem, original: 'the input of the run' });
}

function outcomeOf(failed: ApplicationFailure): Outcome {
  const failureType = failureTypeOf(failed);
  const evidence = evidenceIn(failed);
  if (failureType === 'InvalidInput') return { kind: 'invalid', reasons: evidence.logTail };
  const kind = failureType === 'Cancelled' ? 'cancelled' : 'failure';
  return { kind, failureType, reason: failed.message, evidence };
}

async function sendNotification(
  title: string,
  outcome: Outcome,
  subject: Subject,
  next?: NextStep,
): Promise<Notification> {
  const sent = await recorded(() =>
    notify.executeWithOptions(withSummary(`${title}: ${named(outcome)}`), [
      { outcome, subject, ...(next && { next }) },
    ]),
  );
  return 'error' in sent ? { sent: false, error: sent.error } : { sent: true, messageId: sent.messageId };
}

/** Returns the failure type of a failure, else what the message reports. */
function named(outcome: Outcome): string {
  return outcome.kind === 'failure' ? outcome.failureType : outcome.kind;
}

/**
 * Sends a message. If all retries fail, returns the error so that the run records it: a failed message does not affect
 * the data.
 */
async function recorded<T>(send: () => Promise<T>): Promise<T | { error: string }> {
  try {
    return await send();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { error: asFailure(error).message };
  }
}

/** Returns the title of the run in the Web UI: file and date. Accepts any event. */
function titleOf(event: unknown): string {
  const { s3Key = 'unknown file', batchDate = 'no date' } = looseDetail(event);
  const uri = shownUri(s3Key);
  return `${uri === s3Key ? baseName(s3Key) : uri}, ${batchDate}`;
}
