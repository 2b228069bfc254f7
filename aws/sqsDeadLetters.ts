import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../activities/ports';

/** The event goes into the body as it came, so that it can be started again; why it is here, into the attributes. */
export function createSqsDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    async send({ event, failureType, reason, workflowId, runId }) {
      const attributes = { failureType, reason: reason.slice(0, 1000), workflowId, runId };
      const answer = await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(event ?? null),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [
              name,
              { DataType: 'String', StringValue: value || '-' },
            ]),
          ),
        }),
      );
      return answer.MessageId ?? '';
    },
  };
}
