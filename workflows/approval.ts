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

/**
 * Registers the handlers for approvals. The first answer counts; the update is rejected while the run does not wait for
 * an answer.
 */
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
      if (!waiting) throw refusal('the run is not waiting for an approval');
    },
    handle: decide,
    description: 'Approves or rejects held data: {"approved": true, "by": …, "note": …}',
  });
  onSignal(approvalSignal, {
    read: readApproval,
    // The sender of a signal gets no reply, so an unexpected approval is ignored.
    handle: (approval) => {
      if (waiting) decide(approval);
    },
    description: 'Same as the update approve, sent by a batch to its pipelines',
  });
  return {
    /** Waits for the answer. Returns undefined if none arrives within `seconds`. */
    async wait(seconds: number): Promise<Approval | undefined> {
      waiting = true;
      decision = undefined;
      try {
        await condition(() => decision !== undefined, seconds * 1000, { summary: 'deadline of the approval' });
        return decision;
      } finally {
        waiting = false;
      }
    },
    /** Returns the latest answer, if any. */
    answer: (): Approval | undefined => decision,
  };
}

export type ApprovalTracker = ReturnType<typeof trackApproval>;

/**
 * Notifies the parent batch that this file waits for an approval, so that an operator can answer in the batch. Without
 * `held`, notifies it that the file no longer waits: the pipeline may have received the answer directly. Best effort:
 * the batch may already be closed.
 */
export async function notifyParent(held?: { readonly reason: string; readonly until: string }): Promise<void> {
  const { parent, workflowId } = workflowInfo();
  if (!parent) return;
  try {
    // No run ID: the batch may have continued as new.
    await getExternalWorkflowHandle(parent.workflowId).signal(fileHeldSignal, { workflowId, ...held });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

/** Returns the status of a run that waits for an approval, with the commands that answer it. */
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
