/**
 * Workflows, for the `workflowsPath` of a worker: `export * from 'etl-orchestrator/workflows'` beside workflows of your
 * own. Its code is deterministic and loads neither Node.js modules nor the AWS SDK.
 */
import type { QueryDefinition, UpdateDefinition } from '@temporalio/common';
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import { checkLateness as checkLatenessWorkflow } from '../workflows/checkLateness';
import { convertShard as convertShardWorkflow } from '../workflows/convertShard';
import { etlPipeline as etlPipelineWorkflow } from '../workflows/etlPipeline';
import { nightlyBatch as nightlyBatchWorkflow } from '../workflows/nightlyBatch/nightlyBatch';
import { reapTasks as reapTasksWorkflow } from '../workflows/reapTasks';
import { replaySinks as replaySinksWorkflow } from '../workflows/replaySinks';
import type { EtlBatch, EtlEvent, EtlEventDetail, EtlStatus, EtlTotals } from './types';

export type { EtlBatch, EtlColumn, EtlColumnType, EtlEvent, EtlEventDetail, EtlStatus, EtlTotals } from './types';

/** Result of `etlPipeline`. */
export interface EtlResult {
  readonly batch: EtlBatch;
  readonly delivered: {
    /** Number of the commit. */
    readonly commit: number;
    /** URI of the folder that readers see. */
    readonly published: string;
    /** Number of Parquet files. */
    readonly parts: number;
    readonly totals: EtlTotals;
    readonly warnings: readonly string[];
  };
  /** What was applied to each sink of the dataset; absent without sinks. */
  readonly sinks?: readonly {
    readonly sink: string;
    readonly state: 'applied';
    /** Number of the commit. */
    readonly commit: number;
    readonly detail: string;
  }[];
  /** Set if the source was already delivered with the same options: nothing was launched. */
  readonly alreadyDelivered?: true;
  /** Estimated cost of all launches, in US dollars. */
  readonly costUsd?: number;
}

/**
 * Publishes a file as a batch: validates, transforms, notifies. A run that does not deliver its data fails with an
 * `ApplicationFailure`, whose `type` is a failure type of docs/fargate.md. Wire name: `etlPipeline`.
 *
 * @example
 * const { delivered } = await executeChild(etlPipeline, { args: [{ detail: { s3Key, batchDate } }] });
 */
export const etlPipeline: (event: EtlEvent) => Promise<EtlResult> = etlPipelineWorkflow;

/** Input of `nightlyBatch` (docs/batches.md). Days: `batchDate`, or `from` and `to`, or the scheduled day. */
export interface BatchRequest {
  /**
   * `s3://bucket/prefix`, `file:///folder`, or a prefix in `S3_RAW_BUCKET`, with `{yyyy}`, `{MM}`, `{dd}`, `{date}`.
   * @default the source pattern of `dataset`
   */
  readonly prefix?: string;
  /** Declared dataset whose files are delivered (docs/datasets.md). */
  readonly dataset?: string;
  /** Glob on the names of files, with the same placeholders. @default names of data files */
  readonly match?: string;
  readonly batchDate?: string;
  readonly from?: string;
  readonly to?: string;
  /** IANA name. @default 'UTC' */
  readonly timeZone?: string;
  /** Days added to the scheduled day, -366 to 0. @default 0 */
  readonly dayOffset?: number;
  /** @default 'missing' */
  readonly mode?: 'missing' | 'failed' | 'all';
  readonly maxConcurrent?: number;
  /** Whether files that failed make the batch fail. @default 'fail' */
  readonly onFailure?: 'fail' | 'complete';
  /** @default 1 */
  readonly minFiles?: number;
  /** Keys of the event that all files share. */
  readonly detail?: Partial<Omit<EtlEventDetail, 's3Key' | 'batchDate' | 'source'>>;
  /** 1 (first) to 5. @default 3 */
  readonly priority?: 1 | 2 | 3 | 4 | 5;
}

/** Result of `nightlyBatch`. */
export interface BatchResult {
  readonly dates: { readonly from: string; readonly to: string };
  readonly files: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly invalid: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly rowsWritten: number;
  readonly rowsRejected: number;
  /** Estimated, in US dollars. */
  readonly costUsd: number;
  /** URI of the folder with every file's result, in JSON lines. Absent for a batch without files. */
  readonly results?: string;
}

/** Delivers the files of one or several days, with one `etlPipeline` per file. Wire name: `nightlyBatch`. */
export const nightlyBatch: (request: BatchRequest) => Promise<BatchResult> = nightlyBatchWorkflow;

/** Child workflow of `etlPipeline` for giant files. Export it from your module, but do not start it yourself. */
export const convertShard: (input: never) => Promise<unknown> = convertShardWorkflow;

/** Reports, or stops, the tasks of closed workflows (`etl reap`). Wire name: `reapTasks`. */
export const reapTasks: (input?: {
  /** @default false, which only reports them */
  readonly stop?: boolean;
  /** @default 600 */
  readonly graceSeconds?: number;
}) => Promise<unknown> = reapTasksWorkflow;

/**
 * Sends an alert for each scheduled batch that has not started or is not delivered by its deadline (`etl schedule
 * lateness`). Wire name: `checkLateness`.
 */
export const checkLateness: (input?: {
  /** Interval of the schedule, for those who watch the check itself. */
  readonly everyMinutes?: number;
}) => Promise<unknown> = checkLatenessWorkflow;

/** Input of `replaySinks` (docs/sinks.md). */
export interface SinkReplayRequest {
  readonly dataset: string;
  /** @default all sinks of the dataset */
  readonly sink?: string;
  /** First and last batch date. @default all */
  readonly from?: string;
  readonly to?: string;
  /** Whether sinks that already have the newest commit apply it again. @default false */
  readonly all?: boolean;
}

/** Applies the newest commits of a dataset's batches to its sinks (`etl sink replay`). Wire name: `replaySinks`. */
export const replaySinks: (request: SinkReplayRequest) => Promise<{
  readonly applied: number;
  readonly current: number;
  readonly failed: number;
}> = replaySinksWorkflow;

/** Query of a run of `etlPipeline`. Wire name: `status`. */
export const statusQuery: QueryDefinition<EtlStatus> = defineQuery('status');

/** Decision whether held data is published. */
export interface EtlApproval {
  readonly approved: boolean;
  /** Person who decided. */
  readonly by?: string;
  readonly note?: string;
}

/** Update of a held run of `etlPipeline` (docs/approvals.md). Wire name: `approve`. */
export const approveUpdate: UpdateDefinition<EtlApproval, [EtlApproval]> = defineUpdate('approve');
