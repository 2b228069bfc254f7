import { messageNames } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ProgressReporter } from '../activities/ports';

/**
 * Creates a reporter that sends progress by signal. Best effort: a failed report is logged and does not fail the run.
 */
export function createProgressReporter(client: Client, log: Logger): ProgressReporter {
  return {
    async report(workflowId, runId, progress) {
      try {
        await client.workflow.getHandle(workflowId, runId).signal(messageNames.taskProgress, progress);
      } catch (error) {
        log.warn({ workflowId, runId, error: (error as Error).message }, 'cannot report progress to the workflow');
      }
    },
  };
}
