import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { parseStateChange, type StateChange } from './stateChange';

/** The longest that SQS lets a call wait for a message. Source: Amazon SQS API, ReceiveMessage. */
const waitSeconds = 20;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

export interface StateChangeQueue {
  /** Messages since the start: handed over, left for redelivery, and deleted as no events of tasks of ours. */
  readonly counts: { handedOver: number; failed: number; foreign: number };
  /** Ends the wait for messages, and returns when those in hand are settled. */
  stop(): Promise<void>;
}

export interface StateChangeQueueOptions {
  /** A message is deleted once this resolves, and comes again if it rejects. */
  readonly handOver: (change: StateChange) => Promise<void>;
  readonly warn: (details: object, message: string) => void;
  /** How long a message whose handing over failed stays hidden; the queue's own default without it. */
  readonly redeliverySeconds?: number;
}

/** Polls a queue of ECS task state changes until it is stopped. No error of SQS ends it: it waits, and asks again. */
export function startStateChangeQueue(
  client: SQSClient,
  queueUrl: string,
  options: StateChangeQueueOptions,
): StateChangeQueue {
  const counts = { handedOver: 0, failed: 0, foreign: 0 };
  const stopping = new AbortController();
  const { signal } = stopping;

  const receive = async (): Promise<Message[]> => {
    const request = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: waitSeconds,
      ...(options.redeliverySeconds !== undefined && { VisibilityTimeout: options.redeliverySeconds }),
    });
    const { Messages = [] } = await client.send(request, { abortSignal: signal });
    return Messages;
  };

  /** True for a message that is done with. */
  const settle = async ({ Body = '' }: Message): Promise<boolean> => {
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
      counts.failed++;
      const { taskArn, workflowId } = change;
      const details = { taskArn, workflowId, error: (error as Error).message };
      options.warn(details, 'a change of a task was not handed over; it will come again');
      return false;
    }
  };

  const remove = async (messages: readonly Message[]): Promise<void> => {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`${Failed.length} messages were not deleted: ${Failed[0]?.Message}`);
  };

  const poll = async (): Promise<void> => {
    for (let pauseMs = firstPauseMs; !signal.aborted; ) {
      try {
        const messages = await receive();
        const settled = await Promise.all(messages.map(settle));
        await remove(messages.filter((_, index) => settled[index]));
        pauseMs = firstPauseMs;
      } catch (error) {
        if (signal.aborted) return;
        const { name, message } = error as Error;
        options.warn({ queueUrl, pauseMs, error: `${name}: ${message}` }, 'the queue of task changes does not answer');
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
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
