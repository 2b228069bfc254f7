import { messageNames } from '@etl/pipeline/definition';
import type { TaskStateChange } from '@etl/pipeline/runStatus';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { StateChange } from '../aws/stateChange';
import type { StateChangeQueue } from '../aws/stateChangeQueue';
import { awsServices } from './aws';

/** A server that is away must hold up neither the next message nor the end of the worker. */
const patienceMs = 10_000;

/** Watches the queue of ECS events for a worker; undefined when none is configured, and polling sees the ends. */
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
 * Tells the run that its task ends, whichever worker waits for it. A run that is closed or gone needs no telling; other
 * errors are thrown on.
 */
export function signalRun(client: Client): (change: StateChange) => Promise<void> {
  return async ({ taskArn, lastStatus, desiredStatus, workflowId, runId }) => {
    const isEnding = lastStatus === 'STOPPED' || desiredStatus === 'STOPPED';
    if (!isEnding || workflowId === undefined) return;
    try {
      const told: TaskStateChange = { taskArn, lastStatus };
      const run = client.workflow.getHandle(workflowId, runId);
      await client.withDeadline(Date.now() + patienceMs, () => run.signal(messageNames.taskStateChanged, told));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
