import { CliError } from '@etl/lib/cliError';
import { md, shownAs } from '@etl/lib/text/markdown';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { shownFiles } from '@etl/pipeline/batch/shownFiles';
import type { BatchSummary } from '@etl/pipeline/batch/summary';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { Client, WorkflowFailedError, WorkflowHandleWithStartDetails } from '@temporalio/client';
import { type Follower, follow } from '../../client/follow';
import { temporalClient } from '../../config/temporalClient';
import { etlCommand } from '../hints';
import type { BatchReport, ShownStatus } from './report';

export type BatchHandle = WorkflowHandleWithStartDetails;

/**
 * Starts a batch.
 *
 * @throws {CliError} when a batch with this ID is already running.
 */
export async function startBatch(client: Client, workflowId: string, request: BatchRequest): Promise<BatchHandle> {
  const { batchDate, from, to, priority } = request;
  try {
    return await client.workflow.start(workflowTypes.nightlyBatch, {
      workflowId,
      taskQueue: taskQueues.main,
      args: [request],
      ...shownAs(`Batch of ${batchDate ?? `${from} to ${to}`}`, md`${shownFiles(request)}`),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      ...(priority !== undefined && { priority: { priorityKey: priority } }),
    });
  } catch (error) {
    if (!(error instanceof temporalClient().WorkflowExecutionAlreadyStartedError)) throw error;
    const remedy = `Watch it with: ${etlCommand('watch', workflowId)}`;
    throw new CliError(`this batch is already running as workflow ${workflowId}`, remedy, exitCodes.tryAgain, {
      cause: error,
    });
  }
}

/** Follows a batch over all runs of its chain until it closes. Returns its report. */
export async function followBatch(
  handle: BatchHandle,
  follower: Follower<ShownStatus> | undefined,
): Promise<BatchReport> {
  try {
    const summary: BatchSummary = await follow(handle, follower);
    return { ...idsOf(handle), status: 'COMPLETED', failureType: null, reason: null, summary };
  } catch (error) {
    if (!(error instanceof temporalClient().WorkflowFailedError)) throw error;
    return await failedReport(handle, error);
  }
}

/** Returns the report of a batch that was started without waiting for it. */
export function startedReport(handle: BatchHandle): BatchReport {
  return { ...idsOf(handle), status: 'RUNNING', failureType: null, reason: null, summary: null };
}

const idsOf = ({ workflowId, firstExecutionRunId: runId }: BatchHandle) => ({ workflowId, runId });

/** Returns the report of a failed batch. A failure has no summary, so the memo provides it. */
async function failedReport(handle: BatchHandle, { cause, message }: WorkflowFailedError): Promise<BatchReport> {
  const { status, memo } = await handle.describe();
  const { batch } = (memo ?? {}) as { batch?: Partial<BatchSummary> };
  const failureType = cause instanceof temporalClient().ApplicationFailure ? (cause.type ?? null) : null;
  // A rejected batch has no files to summarize.
  const summary = typeof batch?.files === 'number' ? (batch as BatchSummary) : null;
  return { ...idsOf(handle), status: status.name, failureType, reason: cause?.message ?? message, summary };
}
