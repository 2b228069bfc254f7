import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { Start } from '@etl/pipeline/intake/starts';
import { md, shownAs } from '@etl/pipeline/text/markdown';
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';

/** A server that is away must hold up neither the next message nor the end of the worker. */
const defaultPatienceMs = 10_000;
/** Source: the status codes of gRPC. */
const invalidArgument = 3;

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
 * Whether it is the event that Temporal does not take. Everything else is on the side of the server or the way to it: no
 * permission, no such namespace, too many calls, no answer. A message is not to blame for that.
 */
export function isRefusal(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === invalidArgument;
}

/** How many pipelines are open, whoever started them. */
export function createOpenCount(client: Client, patienceMs = defaultPatienceMs): () => Promise<number> {
  const query = `WorkflowType = "${workflowTypes.pipeline}" AND ExecutionStatus = "Running"`;
  return async () => {
    const { count } = await client.withDeadline(Date.now() + patienceMs, () => client.workflow.count(query));
    return count;
  };
}
