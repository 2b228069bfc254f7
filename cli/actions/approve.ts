import { userInfo } from 'node:os';
import { CliError } from '@etl/lib/cliError';
import type { Approval } from '@etl/pipeline/approval';
import { messageNames } from '@etl/pipeline/definition';
import { temporalClient } from '../../config/temporalClient';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { resolveRun } from '../runs/resolve';
import { printResult, withClient } from '../withClient';

export interface ApproveOptions {
  readonly refuse?: boolean;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** Longest time in milliseconds that a worker may take to accept the answer. */
const answerMs = 15_000;

/** Answers a run, or all held files of a batch, that wait for an approval. */
export async function approve(text: string, options: ApproveOptions): Promise<void> {
  const { refuse = false, reason, by = userInfo().username, json } = options;
  const answer: Approval = { approved: !refuse, by, ...(reason !== undefined && { note: reason }) };
  await withClient(async (client) => {
    const { workflowId } = await resolveRun(client, text);
    // The newest run: an approval names the batch, whose run may have continued as new.
    const handle = client.workflow.getHandle(workflowId);
    try {
      await client.withDeadline(Date.now() + answerMs, () =>
        handle.executeUpdate(messageNames.approve, { args: [answer] }),
      );
    } catch (error) {
      throw explained(error, workflowId);
    }
    const lines = [
      `${refuse ? 'Refused' : 'Approved'} ${workflowId} as ${by}`,
      `Watch it with: ${etlCommand('watch', workflowId)}`,
    ];
    printResult(json, { workflowId, ...answer }, lines);
  });
}

function explained(error: unknown, workflowId: string): unknown {
  const { WorkflowUpdateFailedError, WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } =
    temporalClient();
  const options = { cause: error };
  const show = `Show it with: ${etlCommand('watch', workflowId)}`;
  if (error instanceof WorkflowUpdateFailedError)
    return new CliError(`${workflowId}: ${error.cause?.message ?? error.message}`, show, cliExitCodes.failed, options);
  if (error instanceof WorkflowNotFoundError)
    return new CliError(
      `${workflowId} has ended: it does not wait for an approval`,
      show,
      cliExitCodes.failed,
      options,
    );
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    const message = `no worker accepted the answer for ${workflowId} within ${answerMs / 1000} s`;
    return new CliError(message, 'Start a worker, and run this command again', cliExitCodes.unavailable, options);
  }
  return error;
}
