import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { createSqsQueue, longPollSeconds, maxPerCall } from './sqsQueue';
import { parseStateChange, type StateChange } from './stateChange';
import { untilAnswered } from './untilAnswered';

export interface StateChangeQueue {
  /**
   * Messages since the start: handed over, left for redelivery, given up, and deleted because they are not about our
   * tasks.
   */
  readonly counts: { handedOver: number; failed: number; givenUp: number; foreign: number };
  /** Stops polling and returns once the messages in progress are settled. */
  stop(): Promise<void>;
}

export interface StateChangeQueueOptions {
  /**
   * Hands a change over. A message is deleted once this resolves. If this rejects, the message is redelivered a bounded
   * number of times.
   */
  readonly handOver: (change: StateChange) => Promise<void>;
  readonly warn: (details: object, message: string) => void;
  /** How long a message stays hidden after a failed handover. @default the queue's own visibility timeout */
  readonly redeliverySeconds?: number;
}

/** Receives after which a change is dropped. A change only makes runs see a task's end earlier. */
const maxReceives = 20;

/**
 * Polls a queue of ECS task state changes until it is stopped. Errors of SQS do not end the poll: it backs off and
 * retries.
 */
export function startStateChangeQueue(
  client: SQSClient,
  queueUrl: string,
  options: StateChangeQueueOptions,
): StateChangeQueue {
  const counts = { handedOver: 0, failed: 0, givenUp: 0, foreign: 0 };
  const stopping = new AbortController();
  const { signal } = stopping;

  const queue = createSqsQueue(client, queueUrl);
  const request = { limit: maxPerCall, waitSeconds: longPollSeconds, hiddenSeconds: options.redeliverySeconds, signal };
  const warn = ({ name, message }: Error, pauseMs?: number) =>
    options.warn({ queueUrl, pauseMs, error: `${name}: ${message}` }, 'the queue of task changes does not respond');

  /** Returns whether the message can be deleted. */
  const settle = async ({ Body = '', Attributes }: Message): Promise<boolean> => {
    const change = parseStateChange(Body);
    if (change?.workflowId === undefined) {
      counts.foreign++;
      return true;
    }
    try {
      await options.handOver(change);
      counts.handedOver++;
      return true;
    } catch (error) {
      const { taskArn, workflowId } = change;
      const details = { taskArn, workflowId, error: (error as Error).message };
      if (Number(Attributes?.ApproximateReceiveCount ?? 1) > maxReceives) {
        counts.givenUp++;
        options.warn(
          details,
          'a task state change could not be delivered and is dropped; polling detects the end of the task',
        );
        return true;
      }
      counts.failed++;
      options.warn(details, 'a task state change could not be delivered; SQS redelivers it');
      return false;
    }
  };

  const poll = async (): Promise<void> => {
    while (!signal.aborted) {
      const messages = (await untilAnswered(() => queue.receive(request), signal, warn)) ?? [];
      const settled = await Promise.all(messages.map(settle));
      // A message that was not deleted is redelivered and handed over again, which is idempotent.
      await queue.remove(messages.filter((_, index) => settled[index])).catch((error: Error) => warn(error));
    }
  };

  const polling = poll();
  return {
    counts,
    stop: async () => {
      stopping.abort();
      await polling;
    },
  };
}
