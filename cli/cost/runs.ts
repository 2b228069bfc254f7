import { readRun } from '@etl/pipeline/costs/readRun';
import type { RunRecord } from '@etl/pipeline/costs/runCost';
import { workflowTypes } from '@etl/pipeline/definition';
import type { Client } from '@temporalio/client';

/** Most runs that a report reads. */
export const maxRuns = 10_000;

export interface RunsRead {
  readonly runs: readonly RunRecord[];
  /** Runs without a record: terminated, or of an unknown form. */
  readonly withoutRecord: number;
  /** Runs that are still open. */
  readonly open: number;
  /** Whether there are more than the most that are read. */
  readonly limited: boolean;
}

/** Reads the records of the pipelines that started on these days (UTC, both inclusive), from the server's visibility. */
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
