import { fieldsOf, isAmount, isWhole, type Reading, Undecoded } from '@etl/lib/reading';
import { bullets, md } from '@etl/lib/text/markdown';
import type { LateAlert } from '@etl/pipeline/calendar/lateAlert';
import { CancellationScope, sleep, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { LateReport } from '../activities/contract';
import { findLate, notify, recordCheck, recordLate, withSummary } from './activities';
import { showDetails } from './details';
import { asFailure, failure } from './failures';

export interface LatenessInput {
  /** Interval of the schedule, for those who watch the check itself. @default none */
  readonly everyMinutes?: number;
  /**
   * Time in seconds after which a batch without a run is looked for again: after an outage, the server catches up on
   * missed starts, among which is that of this check, and its list of runs lags behind. @default 60
   */
  readonly confirmSeconds?: number;
}

export interface LatenessReport extends Omit<LateReport, 'alerts' | 'more'> {
  readonly sent: readonly LateAlert[];
  readonly notSent: readonly { readonly alert: LateAlert; readonly error: string }[];
}

/** Days whose batches are looked at: a check that has not run for a weekend still raises its alerts. */
const lookbackDays = 3;

/** Alerts of one check at most: each takes two activities of the history. Later checks raise the others. */
const maxAlerts = 500;

const defaultConfirmSeconds = 60;

/** Alerts that the Web UI lists. */
const maxShown = 50;

function readLatenessInput(input: unknown): Reading<LatenessInput> {
  if (input === null) return { value: {} };
  if (input instanceof Undecoded) return input;
  const { everyMinutes, confirmSeconds } = fieldsOf(input);
  const isValid = typeof input === 'object' && !Array.isArray(input);
  if (!isValid || (everyMinutes !== undefined && !isWhole(everyMinutes, 1)))
    return { problem: 'expected {"everyMinutes": 1 or more}' };
  if (confirmSeconds !== undefined && !isAmount(confirmSeconds))
    return { problem: 'confirmSeconds: expected 0 or more' };
  return { value: input as LatenessInput };
}

/**
 * Raises an alert for each batch that was due and has no run, and for each that is not delivered by its deadline: once
 * for each batch and kind. A batch whose failure was already reported gets none. Intended for a schedule.
 */
export async function checkLateness(argument: LatenessInput = {}): Promise<LatenessReport> {
  const reading = readLatenessInput(argument);
  if ('problem' in reading) throw failure('BadConfiguration', `the argument of checkLateness: ${reading.problem}`);
  const { batches, alerts, unread } = await findConfirmed(reading.value);
  const sent: LateAlert[] = [];
  const notSent: { alert: LateAlert; error: string }[] = [];
  for (const alert of alerts) {
    try {
      await raise(alert);
      sent.push(alert);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      notSent.push({ alert, error: asFailure(error).message });
    }
  }
  const { everyMinutes } = reading.value;
  const at = new Date(Date.now()).toISOString();
  await recordCheck.executeWithOptions(withSummary('this check has run'), [
    {
      at,
      ...(everyMinutes !== undefined && { everyMinutes }),
      batches,
      sent: sent.length,
      unread: unread.map(({ dataset }) => dataset),
    },
  ]);
  showDetails(...describe(batches, sent, notSent.length));
  upsertMemo({ lateness: { at, batches, sent: sent.length, notSent: notSent.length, unread: unread.length } });
  // The next check finds the alerts that could not be sent, since they are not recorded.
  if (notSent.length > 0)
    throw failure('ServiceUnavailable', `${notSent.length} alerts were not sent: ${notSent[0]?.error}`);
  return { batches, sent, notSent, unread };
}

async function findConfirmed({ confirmSeconds = defaultConfirmSeconds }: LatenessInput): Promise<LateReport> {
  const first = await find('late batches');
  if (first.alerts.every(({ kind }) => kind !== 'neverStarted')) return first;
  await sleep(confirmSeconds * 1000, { summary: 'before late batches are looked for again' });
  return find('late batches, again');
}

function find(summary: string): Promise<LateReport> {
  return findLate.executeWithOptions(withSummary(summary), [{ lookbackDays, limit: maxAlerts }]);
}

/** Sends an alert, then records it. An alert whose record is lost is sent again: twice is better than never. */
async function raise(alert: LateAlert): Promise<void> {
  const { kind, dataset, batchDate, owner, state, startsAt, deadlineAt } = alert;
  const { workflowId, runId } = workflowInfo();
  const outcome = { kind, state, startsAt, ...(deadlineAt !== undefined && { deadlineAt }) };
  const subject = { workflowId, runId, dataset, batchDate, ...(owner !== undefined && { owner }) };
  const title = withSummary(`${dataset} ${batchDate}: ${kind}`);
  const { messageId } = await notify.executeWithOptions(title, [{ outcome, subject }]);
  await recordLate.executeWithOptions(title, [{ alert, messageId }]);
}

function describe(batches: number, sent: readonly LateAlert[], notSent: number) {
  const lines = sent.map(({ dataset, batchDate, kind, state }) => md`${dataset} ${batchDate}: ${kind} (${state})`);
  const more = Math.max(0, lines.length - maxShown);
  return [
    md`${batches} due batches, ${sent.length} alerts sent, ${notSent} not sent`,
    ...(lines.length > 0 ? [bullets([...lines.slice(0, maxShown), ...(more > 0 ? [`… and ${more} more`] : [])])] : []),
  ];
}
