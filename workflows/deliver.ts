import { type Approval, mayBeHeld } from '@etl/pipeline/approval';
import { transform as definition } from '@etl/pipeline/definition';
import { type ApplicationFailure, CancellationScope, isCancellation, patched, upsertMemo } from '@temporalio/workflow';
import { type ApprovalTracker, heldStatus, notifyParent } from './approval';
import { removeOutcome, setAttributes } from './attributes';
import type { Delivered } from './confirmed';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { commit, fanOut } from './fanOut';
import { committedByThisRun } from './finalCheck';
import type { RunContext } from './runTask';
import { conversion, transform, type Work } from './transform';

/** Dependencies of a run whose batch a quality gate may hold. */
export interface Approvals {
  readonly answers: ApprovalTracker;
  /** Notifies operators that the run waits for an approval until the given time, in ISO 8601. */
  readonly alert: (reason: string, until: string) => Promise<void>;
}

/**
 * Converts the source and publishes the batch, with one task or with several as the plan requests. A batch that a
 * quality gate holds is published once it is approved; if it is refused, or not answered in time, the run fails with
 * `NotApproved`. A cancellation that arrives after the commit has no effect.
 */
export async function deliver(context: RunContext, approvals: Approvals): Promise<Delivered> {
  const { shards = 1 } = context.plan.compute;
  const publish = (first: Work<Delivered>, approved: Work<Delivered>) =>
    publishOnceApproved(context, approvals, first, approved);
  try {
    return await (shards > 1 ? fanOut(context, shards, publish) : publish(conversion, commit()));
  } catch (error) {
    // Stopping the task of a cancelled run can fail too: the error is not a cancellation then.
    const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    const committed = isCancelled && mayHaveCommitted(context, error) ? await committedBefore(context) : undefined;
    if (!committed) throw error;
    return committed;
  }
}

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { lateCancel: 'cancel-after-commit' } as const;

/** Longest time that a cancelled run waits for the commit log, in milliseconds. */
const confirmationMs = 60_000;

/** Returns false if the run was cancelled before it launched anything. */
function mayHaveCommitted({ status }: RunContext, error: unknown): boolean {
  const hasWorked = status.launches().some(({ taskArn, lane }) => taskArn !== undefined || lane === 'light');
  return hasWorked || !isCancellation(error);
}

/**
 * Returns the commit of a run that was cancelled after readers could see its data; undefined if it has not committed.
 */
async function committedBefore(context: RunContext): Promise<Delivered | undefined> {
  if (!patched(patches.lateCancel)) return undefined;
  const bounds = { scheduleToCloseTimeout: confirmationMs };
  return CancellationScope.nonCancellable(() => committedByThisRun(context, bounds));
}

async function publishOnceApproved(
  context: RunContext,
  approvals: Approvals,
  first: Work<Delivered>,
  approved: Work<Delivered>,
): Promise<Delivered> {
  try {
    return await transform(context, first);
  } catch (error) {
    const held = asFailure(error);
    const waits = failureTypeOf(held) === 'Held' && mayBeHeld(context.plan.options);
    if (isCancellation(error) || !waits) throw error;
    await approval(context, approvals, held);
  }
  return transform(context, approved);
}

/**
 * Returns once the batch is approved.
 * @throws `NotApproved` when it is refused or the deadline passes
 */
async function approval(
  { plan, status }: RunContext,
  { answers, alert }: Approvals,
  held: ApplicationFailure,
): Promise<void> {
  const seconds = plan.timings.approvalSeconds ?? definition.approvalSeconds;
  const until = new Date(Date.now() + seconds * 1000).toISOString();
  const reason = held.message;
  status.set(heldStatus(reason, until));
  const notifyHeld = async () => {
    await notifyParent({ reason, until });
    await alert(reason, until);
  };
  const [decision] = await Promise.all([
    answers.wait(seconds),
    setAttributes({ EtlOutcome: 'held' }, 'held'),
    notifyHeld(),
  ]);
  if (!decision) throw failure('NotApproved', `not approved before ${until}: ${reason}`, evidenceIn(held));
  upsertMemo({ approval: { ...decision, at: new Date(Date.now()).toISOString() } });
  if (!decision.approved) throw failure('NotApproved', `${describe(decision)}: ${reason}`, evidenceIn(held));
  await removeOutcome();
  // The next launch counts toward the batch's concurrency again.
  await notifyParent();
}

function describe({ by, note }: Approval): string {
  return `rejected${by === undefined ? '' : ` by ${by}`}${note === undefined ? '' : ` (${note})`}`;
}
