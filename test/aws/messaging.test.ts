import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { composeMessage } from '@etl/pipeline/messages/compose';
import { createSnsNotifier } from '../../aws/snsNotifier';
import { createSqsDeadLetters } from '../../aws/sqsDeadLetters';
import { clientConfig } from '../support/awsTestClients';
import { startMoto } from '../support/moto';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('SNS and SQS', () => {
  let stop: () => Promise<void>;
  let sns: SNSClient;
  let sqs: SQSClient;

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    const config = clientConfig(moto.endpoint);
    sns = new SNSClient(config);
    sqs = new SQSClient(config);
  }, 60_000);
  afterAll(async () => {
    sns.destroy();
    sqs.destroy();
    await stop();
  });

  const queue = async (name: string): Promise<{ url: string; arn: string }> => {
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    return { url, arn: Attributes?.QueueArn ?? '' };
  };
  const receive = async (url: string) =>
    (
      await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      )
    ).Messages ?? [];

  test('publishes each message to its topic, with subject and attributes', async () => {
    const arns = { success: '', alerts: '' };
    const queues = { success: await queue('of-success'), alerts: await queue('of-alerts') };
    for (const name of ['success', 'alerts'] as const) {
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: `etl-${name}` }));
      arns[name] = TopicArn;
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queues[name].arn }));
    }
    const notifier = createSnsNotifier(sns, arns);
    const subject = { workflowId: 'etl/año/2026-02-08/v', runId: 'r', dataset: 'año', batchDate: '2026-02-08' };
    const message = composeMessage({ kind: 'invalid', reasons: ['sin cabecera'] }, subject);
    expect(await notifier.publish(message)).not.toBe('');

    expect(await receive(queues.success.url)).toEqual([]);
    const [received] = await receive(queues.alerts.url);
    const envelope = JSON.parse(received?.Body ?? '{}') as Record<string, unknown>;
    expect(envelope.Subject).toBe('Datos de entrada invalidos: ano 2026-02-08');
    expect(envelope.Message).toBe(message.body);
    expect(envelope.MessageAttributes).toMatchObject({
      failureType: { Type: 'String', Value: 'InvalidInput' },
      dataset: { Type: 'String', Value: 'año' },
    });
  });

  test('sends the original event as the dead letter, with the reason as an attribute', async () => {
    const { url } = await queue('dead');
    const event = { detail: { s3Key: 's3://raw/x.csv', batchDate: '2026-02-08', extra: ['ñ'] } };
    const letters = createSqsDeadLetters(sqs, url);
    await letters.send({ event, failureType: 'BadData', reason: 'x'.repeat(5000), workflowId: 'w', runId: 'r' });
    await letters.send({ event: undefined, failureType: 'InvalidInput', reason: '', workflowId: 'w', runId: 'r' });
    const received = await receive(url);
    expect(received.map((message) => JSON.parse(message.Body ?? '') as unknown)).toEqual([event, null]);
    expect(received[0]?.MessageAttributes?.failureType?.StringValue).toBe('BadData');
    expect(received[0]?.MessageAttributes?.reason?.StringValue).toHaveLength(1000);
  });
});
