import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type Topic, topics } from '@etl/pipeline/definition';
import type { Notifier } from '../activities/ports';

const maxBodyBytes = 250 * 1024; // SNS accepts 256 KB, attributes included

/** Creates a notifier that publishes to the topic a message names. @see Amazon SNS API Reference, Publish */
export function createSnsNotifier(client: SNSClient, arns: { success: string; alerts: string }): Notifier {
  const arnOf: Record<Topic, string> = { [topics.success]: arns.success, [topics.alerts]: arns.alerts };
  return {
    async publish({ topic, subject, body, attributes }) {
      const response = await client.send(
        new PublishCommand({
          TopicArn: arnOf[topic],
          Subject: subject,
          Message: Buffer.from(body).subarray(0, maxBodyBytes).toString('utf8'),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
          ),
        }),
      );
      return response.MessageId ?? '';
    },
  };
}
