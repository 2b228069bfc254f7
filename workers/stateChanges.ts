import { messageNames } from '@etl/pipeline/definition';
import type { TaskStateChange } from '@etl/pipeline/runStatus';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { StateChange } from '../aws/stateChange';
import type { StateChangeQueue } from '../aws/stateChangeQueue';
import { awsServices } from './aws';

/**
 * Deadline of a signal, in milliseconds: an unavailable server must not delay the next message or the worker's
 * shutdown.
 */
const signalTimeoutMs = 10_000;

/**
 * Watches the queue of ECS events for a worker. Returns undefined when no queue is configured; then polling detects
 * when tasks stop.
 */
export function watchStateChanges(
  queueUrl: string | undefined,
  client: Client,
  log: Logger,
): StateChangeQueue | undefined {
  if (queueUrl === undefined) return undefined;
  const warn = (details: object, message: string) => log.warn(details, message);
  return awsServices().stateChanges(queueUrl, { handOver: signalRun(client), warn });
}

/**
 * Creates a function that notifies a run when its task stops, whichever worker waits for the task. A closed or missing
 * run is ignored; other errors are rethrown.
 */
export function signalRun(client: Client): (change: StateChange) => Promise<void> {
  return async ({ taskArn, lastStatus, desiredStatus, workflowId, runId }) => {
    const isEnding = lastStatus === 'STOPPED' || desiredStatus === 'STOPPED';
    if (!isEnding || workflowId === undefined) return;
    try {
      const stateChange: TaskStateChange = { taskArn, lastStatus };
      const run = client.workflow.getHandle(workflowId, runId);
      await client.withDeadline(Date.now() + signalTimeoutMs, () =>
        run.signal(messageNames.taskStateChanged, stateChange),
      );
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
