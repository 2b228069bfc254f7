import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Entries per batch call. @see Amazon SQS API Reference */
export const maxPerCall = 10;
/** The longest long poll that SQS allows, in seconds. The client's timeout is longer (pipeline/src/awsClients.ts). */
export const longPollSeconds = 20;
/** The longest visibility timeout, in seconds. @see Amazon SQS API Reference, ChangeMessageVisibility */
export const maxHiddenSeconds = 43_200;

export interface ReceiveOptions {
  /** At most `maxPerCall`. */
  readonly limit: number;
  readonly waitSeconds: number;
  /** Visibility timeout. @default the queue's own */
  readonly hiddenSeconds?: number | undefined;
  readonly signal?: AbortSignal;
}

/** A queue as its readers use it. `remove` and `hide` throw if SQS rejects any of the messages. */
export interface SqsQueue {
  receive(options: ReceiveOptions): Promise<Message[]>;
  remove(messages: readonly Message[]): Promise<void>;
  /** Hides messages for `seconds` from now on. 0 makes them receivable at once. */
  hide(messages: readonly Message[], seconds: number): Promise<void>;
}

export function createSqsQueue(client: SQSClient, queueUrl: string): SqsQueue {
  return {
    async receive({ limit, waitSeconds, hiddenSeconds, signal }) {
      const request = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: limit,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        MessageAttributeNames: ['All'],
        ...(hiddenSeconds !== undefined && { VisibilityTimeout: hiddenSeconds }),
      });
      const { Messages = [] } = await client.send(request, signal && { abortSignal: signal });
      return Messages;
    },
    remove: (messages) =>
      inBatches(messages, 'deleted', (batch) => {
        const Entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        return client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      }),
    hide: (messages, seconds) =>
      inBatches(messages, 'hidden', (batch) => {
        const VisibilityTimeout = Math.min(Math.round(seconds), maxHiddenSeconds);
        const Entries = batch.map(({ ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout,
        }));
        return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
      }),
  };
}

async function inBatches(
  messages: readonly Message[],
  what: string,
  send: (batch: readonly Message[]) => Promise<{ Failed?: BatchResultErrorEntry[] | undefined }>,
): Promise<void> {
  const failed: BatchResultErrorEntry[] = [];
  for (let at = 0; at < messages.length; at += maxPerCall) {
    failed.push(...((await send(messages.slice(at, at + maxPerCall))).Failed ?? []));
  }
  if (failed.length > 0) throw new Error(`${failed.length} messages were not ${what}: ${failed[0]?.Message}`);
}
