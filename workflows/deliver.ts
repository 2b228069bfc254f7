import { type Approval, mayBeHeld } from '@etl/pipeline/approval';
import { transform as definition } from '@etl/pipeline/definition';
import { type ApplicationFailure, CancellationScope, isCancellation, patched, upsertMemo } from '@temporalio/workflow';
import { type ApprovalTracker, heldStatus, tellParent } from './approval';
import type { Delivered } from './confirmed';
import { asFailure, evidenceIn, failure, failureTypeOf } from './failures';
import { commit, fanOut } from './fanOut';
import { deliveredAllTheSame } from './lastLook';
import type { RunContext } from './runTask';
import { conversion, transform, type Work } from './transform';

/** What a run needs besides its tasks when a quality gate holds its batch. */
export interface Approvals {
  readonly answers: ApprovalTracker;
  /** Tells people that the run waits, until the time given in ISO 8601. */
  readonly alert: (reason: string, until: string) => Promise<void>;
}

/**
 * From the source to the published batch, by one task or by several, as the plan says. What a gate holds is published
 * when it is approved; refused, or not answered in time, the run has failed as NotApproved. A cancel that comes after the commit
 * is too late.
 */
export async function deliver(context: RunContext, approvals: Approvals): Promise<Delivered> {
  const { shards = 1 } = context.plan.compute;
  const publish = (first: Work<Delivered>, approved: Work<Delivered>) => orHeld(context, approvals, first, approved);
  try {
    return await (shards > 1 ? fanOut(context, shards, publish) : publish(conversion, commit()));
  } catch (error) {
    // The task of a cancelled run may not have been stopped: that is another error then.
    const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    const committed = isCancelled && mayHaveCommitted(context, error) ? await committedBefore(context) : undefined;
    if (!committed) throw error;
    return committed;
  }
}

/** What runs that began under an earlier version do in the old way. */
const patches = { lateCancel: 'cancel-after-commit' } as const;

/** A cancelled run does not wait longer for an answer of the commit log, in milliseconds. */
const confirmationMs = 60_000;

/** What was cancelled before anything was launched has not. */
function mayHaveCommitted({ status }: RunContext, error: unknown): boolean {
  const hasWorked = status.launches().some(({ taskArn, lane }) => taskArn !== undefined || lane === 'light');
  return hasWorked || !isCancellation(error);
}

/** The commit of a run that was cancelled too late: readers have its data. Undefined when it has not committed. */
async function committedBefore(context: RunContext): Promise<Delivered | undefined> {
  if (!patched(patches.lateCancel)) return undefined;
  const bounds = { scheduleToCloseTimeout: confirmationMs };
  return CancellationScope.nonCancellable(() => deliveredAllTheSame(context, bounds));
}

async function orHeld(
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

/** Returns when somebody has approved. */
async function approval(
  { plan, status }: RunContext,
  { answers, alert }: Approvals,
  held: ApplicationFailure,
): Promise<void> {
  const seconds = plan.timings.approvalSeconds ?? definition.approvalSeconds;
  const until = new Date(Date.now() + seconds * 1000).toISOString();
  const reason = held.message;
  status.set(heldStatus(reason, until));
  const tell = async () => {
    await tellParent({ reason, until });
    await alert(reason, until);
  };
  const [decision] = await Promise.all([answers.wait(seconds), tell()]);
  if (!decision) throw failure('NotApproved', `nobody has approved it until ${until}: ${reason}`, evidenceIn(held));
  upsertMemo({ approval: { ...decision, at: new Date(Date.now()).toISOString() } });
  if (!decision.approved) throw failure('NotApproved', `${describe(decision)}: ${reason}`, evidenceIn(held));
  // A task is launched now, which takes a place of the batch's.
  await tellParent();
}

function describe({ by, note }: Approval): string {
  return `refused${by === undefined ? '' : ` by ${by}`}${note === undefined ? '' : ` (${note})`}`;
}
