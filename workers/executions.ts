import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Executions } from '../activities/ports';

/** What Temporal says of a workflow's newest run. */
export function createExecutions(client: Client): Executions {
  return {
    async state(workflowId) {
      try {
        const { status, closeTime } = await client.workflow.getHandle(workflowId).describe();
        if (status.name === 'RUNNING' || !closeTime) return { status: 'running' };
        return { status: 'closed', how: status.name, closedAt: closeTime.getTime() };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { status: 'unknown' };
        throw error;
      }
    },
  };
}
