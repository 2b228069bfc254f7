import { parseJson } from '@etl/lib/json';
import { md, shownAs } from '@etl/lib/text/markdown';
import { joinUri } from '@etl/lib/uri';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { FailureType } from '@etl/pipeline/failures/table';
import type { Launch } from '@etl/pipeline/launches';
import { type Batch, layout, manifestName, workflowId } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Routing } from '@etl/pipeline/plan';
import { priorityOf } from '@etl/pipeline/priority';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { attributesOfBatch } from '@etl/pipeline/searchAttributes';
import type { AppliedSink } from '@etl/pipeline/sinks/outcome';
import { openStore } from '@etl/storage/openStore';
import type { Client, WorkflowHandleWithStartDetails } from '@temporalio/client';
import { startWithAttributes } from '../config/searchAttributes';
import { temporalClient } from '../config/temporalClient';
import type { PipelineResult } from '../workflows/etlPipeline';
import { BatchRunningError } from './batchRunningError';
import { type Follower, follow } from './follow';

export interface Detail {
  readonly s3Key: string;
  readonly batchDate: string;
  readonly dataset?: string;
  readonly destination: string;
  readonly [option: string]: unknown;
}

/** Output of `etl run --json`. */
export interface RunReport {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELED' | 'RUNNING';
  readonly failureType: FailureType | string | null;
  readonly reason: string | null;
  readonly manifest: Manifest | null;
  /** The delivered batch; absent for a run that did not deliver. */
  readonly batch?: Batch;
  /** The batch was already published from this source with these options, so nothing was launched. */
  readonly alreadyDelivered?: true;
  /** Launches of the task, latest last; at most the last 20. */
  readonly launches: readonly Launch[];
  /** Cost of all launches in US dollars; null when none has a separate cost. */
  readonly costUsd: number | null;
  /** The routing decision with its reasons and estimates; absent for a run that launched nothing or did not deliver. */
  readonly routing?: Routing;
  /** What was applied to each sink; absent without sinks, and for a run that did not deliver. */
  readonly sinks?: readonly AppliedSink[];
}

export type Handle = WorkflowHandleWithStartDetails;

/**
 * Starts the pipeline under the batch's workflow ID. `priorityKey` is from 1 (first) to 5.
 *
 * @throws {BatchRunningError}
 */
export async function startPipeline(
  client: Client,
  detail: Detail,
  rawBase: string | undefined,
  priorityKey?: number,
): Promise<Handle> {
  const batch = resolveBatch(detail, detail.s3Key, rawBase);
  const id = workflowId(batch);
  try {
    return await startWithAttributes(client, attributesOfBatch(batch), (attributes) =>
      client.workflow.start(workflowTypes.pipeline, {
        workflowId: id,
        taskQueue: taskQueues.main,
        args: [{ detail }],
        ...shownAs(`${batch.source}, ${batch.batchDate}`, md`${detail.s3Key} to ${detail.destination}`),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        priority: priorityOf(batch, priorityKey),
        ...attributes,
      }),
    );
  } catch (error) {
    if (!(error instanceof temporalClient().WorkflowExecutionAlreadyStartedError)) throw error;
    throw new BatchRunningError(id, { cause: error });
  }
}

/** Waits until a run closes. Returns its report. */
export async function followPipeline(
  handle: Handle,
  detail: Detail,
  follower?: Follower<RunStatus>,
): Promise<RunReport> {
  const ids = { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
  try {
    const result: PipelineResult = await follow(handle, follower);
    const { launches, costUsd, routing, batch, alreadyDelivered, sinks } = result;
    const manifest = await readPublished(detail.destination, batch);
    const delivered = { status: 'COMPLETED', failureType: null, reason: null, manifest, batch } as const;
    const spent = { launches, costUsd: costUsd ?? null };
    return {
      ...ids,
      ...delivered,
      ...spent,
      ...(routing && { routing }),
      ...(alreadyDelivered && { alreadyDelivered }),
      ...(sinks && { sinks }),
    };
  } catch (error) {
    const { ApplicationFailure, CancelledFailure, WorkflowFailedError } = temporalClient();
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const status = cause instanceof CancelledFailure ? 'CANCELED' : 'FAILED';
    const failureType =
      cause instanceof ApplicationFailure ? (cause.type ?? 'Unknown') : status === 'CANCELED' ? 'Cancelled' : 'Unknown';
    const reason = cause?.message ?? error.message;
    return { ...ids, status, failureType, reason, manifest: null, ...(await launchesOf(handle)) };
  }
}

/** Returns the launches of a run that did not deliver, from its memo. A terminated run may have none. */
async function launchesOf(handle: Pick<Handle, 'describe'>): Promise<Pick<RunReport, 'launches' | 'costUsd'>> {
  const memo = (await handle.describe()).memo?.etl as Partial<Pick<RunReport, 'launches' | 'costUsd'>> | undefined;
  return { launches: memo?.launches ?? [], costUsd: memo?.costUsd ?? null };
}

/** Returns the published manifest of a batch; null when nothing was published. */
export async function readPublished(destination: string, batch: Batch): Promise<Manifest | null> {
  const { published } = layout(destination, batch);
  const body = await openStore().readSmall(joinUri(published, manifestName));
  return body ? (parseJson(body.toString('utf8')) as Manifest) : null;
}
