import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';

const counts = {
  waiting: 'ApproximateNumberOfMessages',
  in_flight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const;

/** Approximate numbers of messages of a queue, by state. */
export type Depth = Readonly<Record<keyof typeof counts, number>>;

/** Returns the attributes of a queue, with its depth. Throws the error of SQS. */
export async function describeQueue(
  client: SQSClient,
  queueUrl: string,
  ...more: readonly QueueAttributeName[]
): Promise<{ readonly depth: Depth; readonly attributes: Partial<Record<QueueAttributeName, string>> }> {
  const request = { QueueUrl: queueUrl, AttributeNames: [...Object.values(counts), ...more] };
  const { Attributes: attributes = {} } = await client.send(new GetQueueAttributesCommand(request));
  const of = (state: keyof typeof counts): number => Number(attributes[counts[state]] ?? 0);
  return { depth: { waiting: of('waiting'), in_flight: of('in_flight'), delayed: of('delayed') }, attributes };
}

/** Returns the number of all messages of a queue. */
export function totalOf({ waiting, in_flight, delayed }: Depth): number {
  return waiting + in_flight + delayed;
}
