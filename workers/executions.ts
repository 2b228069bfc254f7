import { type PartOf, partOfKey } from '@etl/pipeline/batch/fileEvent';
import { failedEnd, type RunEnd } from '@etl/pipeline/batch/fileResult';
import type { Client } from '@temporalio/client';
import type { Executions } from '../activities/ports';
import { temporalClient } from '../config/temporalClient';
import { resultOf } from './resultOf';

/** Creates the port that reads states and results of workflow runs from Temporal. */
export function createExecutions(client: Client): Executions {
  return {
    async state(workflowId) {
      try {
        const { status, closeTime, memo } = await client.workflow.getHandle(workflowId).describe();
        const partOf = memo?.[partOfKey] as PartOf | undefined;
        const of = partOf && { partOf };
        if (status.name === 'RUNNING' || !closeTime) return { status: 'running', ...of };
        return { status: 'closed', how: status.name, closedAt: closeTime.getTime(), ...of };
      } catch (error) {
        if (error instanceof temporalClient().WorkflowNotFoundError) return { status: 'unknown' };
        throw error;
      }
    },
    async result(workflowId, runId, signal) {
      for (let currentRunId = runId; ; ) {
        const end = await endOf(client, workflowId, currentRunId, signal);
        if (currentRunId === undefined || end.status !== 'failed' || end.failureType !== 'Terminated') return end;
        const next = await resetRun(client, workflowId, currentRunId);
        if (next === undefined) return end;
        currentRunId = next;
      }
    },
  };
}

async function endOf(
  client: Client,
  workflowId: string,
  runId: string | undefined,
  signal: AbortSignal,
): Promise<RunEnd> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    return { status: 'completed', result: await resultOf(client, handle, signal) };
  } catch (error) {
    if (error instanceof temporalClient().WorkflowFailedError) return failedEnd(error.cause);
    if (!(error instanceof temporalClient().WorkflowNotFoundError)) throw error;
    const reason = 'Temporal no longer knows the run: the commit log shows its outcome';
    return { status: 'failed', failureType: 'OutcomeUnknown', reason };
  }
}

/**
 * Returns the workflow's newest run if it results from a reset of the given run. A newly started run has a different
 * first run ID.
 */
async function resetRun(client: Client, workflowId: string, runId: string): Promise<string | undefined> {
  const [terminated, newest] = await Promise.all([
    client.workflow.getHandle(workflowId, runId).describe(),
    client.workflow.getHandle(workflowId).describe(),
  ]);
  const firstRunId = ({ raw }: typeof newest) => raw.workflowExecutionInfo?.firstRunId;
  const isOfChain = newest.runId !== runId && firstRunId(newest) === firstRunId(terminated);
  return isOfChain ? newest.runId : undefined;
}
