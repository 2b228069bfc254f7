import { type Approval, approveCommand, readApproval } from '@etl/pipeline/approval';
import type { FileHeldSignal } from '@etl/pipeline/batch/control';
import { messageNames } from '@etl/pipeline/definition';
import type { RunStatus } from '@etl/pipeline/runStatus';
import {
  condition,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { onSignal, onUpdate, refusal } from './handlers';

export const approveUpdate = defineUpdate<Approval, [Approval]>(messageNames.approve);
export const approvalSignal = defineSignal<[Approval]>(messageNames.approval);
export const fileHeldSignal = defineSignal<[FileHeldSignal]>(messageNames.fileHeld);

/** Where answers arrive while a gate holds the batch. The first one counts; one that nobody waits for is refused. */
export function trackApproval() {
  let waiting = false;
  let decision: Approval | undefined;
  const decide = (approval: Approval): Approval => {
    waiting = false;
    decision = approval;
    return approval;
  };

  onUpdate(approveUpdate, {
    read: readApproval,
    check: () => {
      if (!waiting) throw refusal('nothing waits for an approval');
    },
    handle: decide,
    description: 'Whether what a quality gate holds is published: {"approved": true, "by": …, "note": …}',
  });
  onSignal(approvalSignal, {
    read: readApproval,
    // The sender does not learn why a signal was not followed.
    handle: (approval) => {
      if (waiting) decide(approval);
    },
    description: 'The same as the update approve, from a batch to its pipelines',
  });
  return {
    /** The answer; undefined when none came within so many seconds. */
    async wait(seconds: number): Promise<Approval | undefined> {
      waiting = true;
      decision = undefined;
      try {
        await condition(() => decision !== undefined, seconds * 1000);
        return decision;
      } finally {
        waiting = false;
      }
    },
    /** The answer there was. */
    answer: (): Approval | undefined => decision,
  };
}

export type ApprovalTracker = ReturnType<typeof trackApproval>;

/**
 * A batch learns that one of its files waits, so that it can be answered for there; without a reason, that it no longer does:
 * the answer may have come to the pipeline itself. The batch may be gone.
 */
export async function tellParent(held?: { readonly reason: string; readonly until: string }): Promise<void> {
  const { parent, workflowId } = workflowInfo();
  if (!parent) return;
  try {
    // Without its run: a batch goes on in another one.
    await getExternalWorkflowHandle(parent.workflowId).signal(fileHeldSignal, { workflowId, ...held });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

/** The status of a run that waits, with the commands that answer for it. */
export function heldStatus(reason: string, until: string): RunStatus {
  const { workflowId } = workflowInfo();
  return {
    step: 'held',
    note: `Held: ${reason}. Waits until ${until}`,
    answers: [
      { what: 'Approve', command: approveCommand(workflowId) },
      { what: 'Refuse', command: approveCommand(workflowId, false) },
    ],
  };
}
