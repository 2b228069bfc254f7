import { md, shownAs } from '@etl/lib/text/markdown';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { Start } from '@etl/pipeline/intake/starts';
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';

/** A server that is away must hold up neither the next message nor the end of the worker. */
const defaultPatienceMs = 10_000;
/**
 * Statuses of gRPC that say nothing about a message: the server is away or busy, or this worker may not call it.
 *
 * @see https://grpc.io/docs/guides/status-codes/
 */
const ofServer: readonly number[] = Object.values({
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

/** Starts a pipeline once for its workflow ID, whether the run of that ID goes on or has ended in any way. */
export function createStarter(client: Client, patienceMs = defaultPatienceMs): (start: Start) => Promise<StartAnswer> {
  return async ({ workflowId, event, batch, sourceUri }) => {
    const options = {
      workflowId,
      taskQueue: taskQueues.main,
      args: [event],
      ...shownAs(`${batch.source}, ${batch.batchDate}`, md`${sourceUri}, from the intake`),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    } as const;
    try {
      await client.withDeadline(Date.now() + patienceMs, () => client.workflow.start(workflowTypes.pipeline, options));
      return 'started';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'duplicate';
      throw error;
    }
  };
}

/**
 * Returns whether a start may have failed because of its message: Temporal refuses the event, or it cannot even be sent. Other
 * errors concern the server, and however often they occur, no message is given up for them.
 */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return !isGrpcServiceError(cause) || !ofServer.includes(cause.code);
}

/** How many pipelines are open, whoever started them. */
export function createOpenCount(client: Client, patienceMs = defaultPatienceMs): () => Promise<number> {
  const query = `WorkflowType = "${workflowTypes.pipeline}" AND ExecutionStatus = "Running"`;
  return async () => {
    const { count } = await client.withDeadline(Date.now() + patienceMs, () => client.workflow.count(query));
    return count;
  };
}
