import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ReceivedMessage, Side } from '../side';

/** Reads the messages that SNS sent to a subscribed queue, in the order they were sent. */
export async function readMessages(sqs: SQSClient, queueUrl: string): Promise<ReceivedMessage[]> {
  return (await receiveAll(sqs, queueUrl)).map(({ Body = '' }) => {
    const { TopicArn, Subject, Message } = JSON.parse(Body) as { TopicArn: string; Subject?: string; Message: string };
    return {
      topic: TopicArn.split(':').at(-1) ?? '',
      subject: Subject ?? '',
      firstLine: Message.split('\n', 1)[0] ?? '',
    };
  });
}

/** Reads the dead letters of a queue, in the order they were sent. */
export async function readDeadLetters(sqs: SQSClient, queueUrl: string): Promise<Side['deadLetters']> {
  return (await receiveAll(sqs, queueUrl)).map(({ Body = '', MessageAttributes: attributes = {} }) => ({
    failureType: attributes.failureType?.StringValue ?? '',
    event: JSON.parse(Body) as unknown,
  }));
}

/**
 * Receives messages until the queue returns no more, because one response may hold only a part of them. The messages
 * stay hidden, and are removed with the queue.
 */
async function receiveAll(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: 600,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    if (Messages.length === 0) return all.sort((one, other) => sentAt(one) - sentAt(other));
    all.push(...Messages);
  }
}

const sentAt = ({ Attributes }: Message): number => Number(Attributes?.SentTimestamp);
