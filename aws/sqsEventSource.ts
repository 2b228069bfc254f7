import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { gather } from './gather';
import { createSqsQueue, longPollSeconds, maxPerCall } from './sqsQueue';
import { untilAnswered } from './untilAnswered';

export interface SqsEventSourceOptions {
  readonly warn: (details: object, message: string) => void;
  /**
   * Visibility timeout in seconds: how long a message stays hidden if the worker that processes it dies.
   * @default 60
   */
  readonly hiddenSeconds?: number;
}

/** How often a live worker extends the visibility timeout of its messages within one timeout. */
const extensionsPerTerm = 3;

/** Creates an event source on SQS. Messages in progress stay hidden until they are settled, however long that takes. */
export function createSqsEventSource(
  client: SQSClient,
  queueUrl: string,
  { warn, hiddenSeconds = 60 }: SqsEventSourceOptions,
): EventSource {
  const queue = createSqsQueue(client, queueUrl);
  const inHand = new Set<Message>();
  const remove = gather(queue.remove, { most: maxPerCall, withinMs: 20 });
  const orWarn = (work: Promise<void>, what: string): Promise<void> =>
    work.catch(({ name, message }: Error) => warn({ queueUrl, error: `${name}: ${message}` }, what));

  const extend = () => {
    if (inHand.size > 0)
      void orWarn(queue.hide([...inHand], hiddenSeconds), 'received messages may be delivered again');
  };
  const timer = setInterval(extend, (hiddenSeconds * 1000) / extensionsPerTerm).unref();

  const handOver = (message: Message): Delivery => {
    inHand.add(message);
    return {
      id: message.MessageId ?? '',
      body: message.Body ?? '',
      receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
      done: () => {
        inHand.delete(message);
        return remove(message);
      },
      again: (afterSeconds) => {
        inHand.delete(message);
        return orWarn(queue.hide([message], afterSeconds), 'a message is redelivered later than requested');
      },
    };
  };

  return {
    name: queueUrl,
    receive: async (limit, signal) => {
      const request = {
        limit: Math.min(limit, maxPerCall),
        waitSeconds: longPollSeconds,
        hiddenSeconds,
        signal,
      };
      const messages = await untilAnswered(
        () => queue.receive(request),
        signal,
        ({ name, message }, pauseMs) =>
          warn({ queueUrl, pauseMs, error: `${name}: ${message}` }, 'the queue of landed files does not respond'),
      );
      return (messages ?? []).map(handOver);
    },
    close: async () => {
      clearInterval(timer);
      const left = [...inHand];
      inHand.clear();
      await orWarn(queue.hide(left, 0), 'received messages are redelivered later than requested');
    },
  };
}
