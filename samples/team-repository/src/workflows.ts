import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { type EtlEvent, etlPipeline } from 'etl-orchestrator/workflows';
import type * as activities from './activities';

// The worker runs these beside ours.
export * from 'etl-orchestrator/workflows';

const { refreshDashboard } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

export interface Published {
  readonly published: string;
  readonly rows: number;
  readonly dashboard: string;
}

/** Delivers a file, and then refreshes the dashboard that reads the dataset. */
export async function publishDataset(event: EtlEvent): Promise<Published> {
  const { batch, delivered } = await executeChild(etlPipeline, {
    workflowId: `${workflowInfo().workflowId}/etl`,
    args: [event],
  });
  const rows = delivered.totals.rowsWritten;
  const dashboard = await refreshDashboard({ dataset: batch.dataset, batchDate: batch.batchDate, rows });
  return { published: delivered.published, rows, dashboard };
}
