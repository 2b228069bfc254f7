/** Starting and following runs. */
import type { Client } from '@temporalio/client';
import { BatchRunningError } from '../client/batchRunningError';
import { followPipeline, startPipeline } from '../client/runPipeline';
import { connectClient } from '../config/connection';
import { parseConfig } from '../config/environment';
import type { EtlBatch, EtlEventDetail, EtlStatus, EtlTotals } from './types';

export type { EtlBatch, EtlColumn, EtlColumnType, EtlEvent, EtlEventDetail, EtlStatus, EtlTotals } from './types';

/** Thrown by `start` while another run of the same batch is in progress. */
export { BatchRunningError };

/** How a run ended. */
export interface RunReport {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELED' | 'RUNNING';
  /** A failure type of docs/fargate.md; null for a run that delivered. New types may be added. */
  readonly failureType: string | null;
  readonly reason: string | null;
  /** Absent for a run that did not deliver. */
  readonly batch?: EtlBatch;
  /** `_manifest.json` of the published batch (docs/publishing.md); null for a run that did not deliver. */
  readonly manifest: { readonly runId: string; readonly totals: EtlTotals } | null;
  readonly alreadyDelivered?: true;
  /** Estimated, in US dollars; null when no launch has a separate cost. */
  readonly costUsd: number | null;
}

export interface StartOptions {
  /** 1 (first) to 5. @default 3 */
  readonly priority?: number;
}

/** A started run. */
export interface EtlRun {
  readonly workflowId: string;
  readonly runId: string;
  /**
   * Waits until the run closes. Also resolves for a run that failed or was cancelled: see `status`. `onStatus` is called
   * about twice a second.
   */
  result(onStatus?: (status: EtlStatus) => void): Promise<RunReport>;
}

export interface EtlClient {
  /** Temporal's own client, connected with the same settings. */
  readonly temporal: Client;
  /**
   * Starts a run under the workflow ID of its batch.
   *
   * @throws {BatchRunningError} while another run of the same batch is in progress
   */
  start(detail: EtlEventDetail, options?: StartOptions): Promise<EtlRun>;
  close(): Promise<void>;
}

/**
 * Connects with the settings of docs/configuration.md: `TEMPORAL_*` or the Temporal CLI's profile file,
 * `ETL_PAYLOAD_KEYS`, `S3_RAW_BUCKET`, `S3_CLEAN_BUCKET`.
 *
 * @throws if Temporal cannot be reached, or the configuration is invalid
 *
 * @example
 * const etl = await connectEtl();
 * const run = await etl.start({ s3Key: 'sales/sales_2026-02-08.csv', batchDate: '2026-02-08' });
 * const { status, manifest } = await run.result();
 * await etl.close();
 */
export async function connectEtl(): Promise<EtlClient> {
  const { rawBase, cleanBase } = parseConfig(process.env);
  const { client, connection } = await connectClient();
  return {
    temporal: client,
    async start(event, { priority } = {}) {
      const detail = { destination: cleanBase, ...event };
      const handle = await startPipeline(client, detail, rawBase, priority);
      return {
        workflowId: handle.workflowId,
        runId: handle.firstExecutionRunId,
        result: (onStatus) => followPipeline(handle, detail, onStatus && { onStatus, onProblem: () => undefined }),
      };
    },
    close: () => connection.close(),
  };
}
