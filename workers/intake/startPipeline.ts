import { md, shownAs } from '@etl/lib/text/markdown';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { Start } from '@etl/pipeline/intake/starts';
import { attributesOfBatch } from '@etl/pipeline/searchAttributes';
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { startWithAttributes } from '../../config/searchAttributes';

/**
 * Deadline of a call, in milliseconds: an unavailable server must not delay the next message or the worker's shutdown.
 */
const defaultTimeoutMs = 10_000;
/**
 * Statuses of gRPC that do not depend on the message: the server is unavailable or busy, or this worker may not call
 * it.
 *
 * @see https://grpc.io/docs/guides/status-codes/
 */
const serverStatuses: readonly number[] = Object.values({
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  unavailable: 14,
  unauthenticated: 16,
});

export type StartAnswer = 'started' | 'duplicate';

/**
 * Creates a function that starts a pipeline once for its workflow ID. A run of the same ID is a duplicate, whether it
 * is running or closed, with any outcome.
 */
export function createStarter(client: Client, timeoutMs = defaultTimeoutMs): (start: Start) => Promise<StartAnswer> {
  return async ({ workflowId, event, batch, sourceUri }) => {
    const options = {
      workflowId,
      taskQueue: taskQueues.main,
      args: [event],
      ...shownAs(`${batch.source}, ${batch.batchDate}`, md`${sourceUri}, started by the intake`),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    } as const;
    try {
      await startWithAttributes(client, attributesOfBatch(batch), (attributes) =>
        client.withDeadline(Date.now() + timeoutMs, () =>
          client.workflow.start(workflowTypes.pipeline, { ...options, ...attributes }),
        ),
      );
      return 'started';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'duplicate';
      throw error;
    }
  };
}

/**
 * Returns whether a start may have failed because of its message: Temporal rejects the event, or the event cannot be
 * sent. Any other error concerns the server, and never makes a message a dead letter, however often it occurs.
 */
export function isRejection(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return !isGrpcServiceError(cause) || !serverStatuses.includes(cause.code);
}

/** Creates a function that counts the open pipelines, whatever started them. */
export function createOpenCount(client: Client, timeoutMs = defaultTimeoutMs): () => Promise<number> {
  const query = `WorkflowType = "${workflowTypes.pipeline}" AND ExecutionStatus = "Running"`;
  return async () => {
    const { count } = await client.withDeadline(Date.now() + timeoutMs, () => client.workflow.count(query));
    return count;
  };
}
