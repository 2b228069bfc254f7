import type { Batch } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';

/** Returns the manifest of a batch whose run used these resources. */
export function sampleManifest(
  { dataset, batchDate, source }: Batch,
  resources: Partial<Manifest['resources']>,
): Manifest {
  return {
    version: 1,
    runId: 'r1',
    generation: 1,
    runStartedAt: `${batchDate}T01:00:00.000Z`,
    program: '@etl/image@0.3.0',
    optionsHash: 'h1',
    source: { uri: `file:///data/${source}.csv`, bytes: 1000, fingerprint: 'f1' },
    batchDate,
    dataset,
    schema: [],
    parts: [],
    totals: { rowsRead: 0, rowsWritten: 0, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 },
    chunks: 0,
    reused: 0,
    startedAt: `${batchDate}T01:00:00.000Z`,
    finishedAt: `${batchDate}T01:10:00.000Z`,
    resources: {
      peakMemoryMiB: 100,
      cpuSeconds: 10,
      wallSeconds: 10,
      bytesRead: 1000,
      bytesWritten: 1000,
      rowsPerSecond: 1,
      cpus: 1,
      memoryMiB: 2000,
      threads: 1,
      ...resources,
    },
    warnings: [],
  };
}
