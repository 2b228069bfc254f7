import { messageNames } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ProgressReporter } from '../activities/ports';

/** Progress by signal. It is a comfort: that one is lost is logged, and ends nothing. */
export function createProgressReporter(client: Client, log: Logger): ProgressReporter {
  return {
    async report(workflowId, runId, progress) {
      try {
        await client.workflow.getHandle(workflowId, runId).signal(messageNames.taskProgress, progress);
      } catch (error) {
        log.warn({ workflowId, runId, error: (error as Error).message }, 'progress was not reported');
      }
    },
  };
}
