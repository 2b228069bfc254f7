import type { TelemetryOptions } from '@temporalio/worker';
import { histogramBuckets } from './table';

/**
 * Returns the option of Temporal's runtime that serves its metrics and ours at an address. The SDK's counters keep their
 * names without `_total`, which published dashboards use.
 */
export function telemetry(bindAddress: string): TelemetryOptions {
  return { metrics: { prometheus: { bindAddress, histogramBucketOverrides: histogramBuckets() } } };
}
