import { readRun } from '@etl/pipeline/costs/readRun';
import type { RunRecord } from '@etl/pipeline/costs/runCost';
import { workflowTypes } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';

/** Maximum number of runs that a report reads. */
export const maxRuns = 10_000;

export interface RunsRead {
  readonly runs: readonly RunRecord[];
  /** Number of runs without a record: terminated, or of an unknown form. */
  readonly withoutRecord: number;
  /** Number of open runs. */
  readonly open: number;
  /** Whether there are more runs than the maximum. */
  readonly limited: boolean;
}

/** Reads the records of the runs that started on these days (UTC, both inclusive) from the server's visibility store. */
export async function readRuns(
  client: { readonly workflow: Pick<Client['workflow'], 'list'> },
  { from, to }: { readonly from: string; readonly to: string },
): Promise<RunsRead> {
  const query =
    `WorkflowType = '${workflowTypes.pipeline}' AND ` +
    `StartTime >= '${from}T00:00:00.000Z' AND StartTime <= '${to}T23:59:59.999Z'`;
  const runs: RunRecord[] = [];
  let [withoutRecord, open, seen] = [0, 0, 0];
  for await (const { workflowId, startTime, memo, status } of client.workflow.list({ query })) {
    seen += 1;
    if (seen > maxRuns) break;
    const record = readRun({ workflowId, startTime, memo });
    if (status.name === 'RUNNING') open += 1;
    else if (record) runs.push(record);
    else withoutRecord += 1;
  }
  return { runs, withoutRecord, open, limited: seen > maxRuns };
}
