import { type PartOf, partOfKey } from '@etl/pipeline/batch/fileEvent';
import { failedEnd } from '@etl/pipeline/batch/fileResult';
import type { Client } from '@temporalio/client';
import type { Executions } from '../activities/ports';
import { resultOf } from './resultOf';
import { temporalClient } from './temporalClient';

/** What Temporal says of a workflow's newest run. */
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
      const handle = client.workflow.getHandle(workflowId, runId);
      try {
        return { status: 'completed', result: await resultOf(client, handle, signal) };
      } catch (error) {
        if (error instanceof temporalClient().WorkflowFailedError) return failedEnd(error.cause);
        if (!(error instanceof temporalClient().WorkflowNotFoundError)) throw error;
        const reason = 'Temporal does not know its run any more: how it ended is in the commit log';
        return { status: 'failed', failureType: 'OutcomeUnknown', reason };
      }
    },
  };
}
