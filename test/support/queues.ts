import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export async function makeQueue(sqs: SQSClient, name: string): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
  return { url, arn: Attributes?.QueueArn ?? '' };
}

export async function sendAll(sqs: SQSClient, url: string, bodies: readonly unknown[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((body, index) => ({
      Id: String(index),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  }
}

/** Counts the messages in a queue, including hidden ones. */
export async function countMessages(sqs: SQSClient, url: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const request = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await sqs.send(request);
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

/** Receives every visible message, which hides them. */
export async function drain(sqs: SQSClient, url: string): Promise<Message[]> {
  const found: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) return found;
    found.push(...Messages);
  }
}
