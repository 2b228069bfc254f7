import { randomUUID } from 'node:crypto';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { Client } from '@temporalio/client';
import { etlCommand } from '../hints';
import { viewNamed } from '../runs/resolve';
import { printResult, withClient } from '../withClient';

export interface CancelOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

/** Requests the cancellation of a run. A run that has ended is left as it is. */
export async function cancel(text: string, { reason, json }: CancelOptions): Promise<void> {
  await withClient(async (client) => {
    const { workflowId, runId, outcome, endedAt } = await viewNamed(client, text);
    const requested = endedAt === undefined;
    if (requested) await request(client, { workflowId, runId }, reason);
    const lines = requested
      ? [`Requested the cancellation of ${workflowId}`, `Watch its end with: ${etlCommand('watch', workflowId)}`]
      : [`${workflowId} has already ended: ${outcome}`];
    printResult(json, { workflowId, runId, requested, outcome }, lines);
  });
}

async function request(
  client: Client,
  { workflowId, runId }: Pick<RunView, 'workflowId' | 'runId'>,
  reason = 'etl cancel',
): Promise<void> {
  const { namespace, identity } = client.options;
  const workflowExecution = { workflowId, runId };
  await client.workflowService.requestCancelWorkflowExecution({
    namespace,
    identity,
    workflowExecution,
    requestId: randomUUID(),
    reason,
  });
}
