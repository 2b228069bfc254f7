import { reportedSize } from '@etl/pipeline/advice/rightSize';
import type { RunRecord } from '@etl/pipeline/costs/runCost';
import type { Manifest } from '@etl/pipeline/manifest';
import { paidStartSeconds } from '@etl/pipeline/routing/estimate';

/** Returns a record of the launch that committed a batch, with the size and the duration in the manifest. */
export function recordOfCommit(manifest: Manifest): RunRecord {
  const { dataset, generation, batchDate, resources, source } = manifest;
  const size = reportedSize(resources);
  const seconds = paidStartSeconds + resources.wallSeconds;
  const launch = { generation, lane: 'fargate', spot: false, seconds, ...(size && { size }) } as const;
  return { id: source.uri, dataset, day: batchDate, delivered: true, launches: [launch] };
}

/** Returns whether a manifest has the size of a Fargate task, without which its cost is unknown. */
export const hasSize = ({ resources }: Manifest): boolean => reportedSize(resources) !== undefined;
