import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describeQueue, totalOf } from '../../aws/sqsDepth';
import { clientConfig } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';
import { makeQueue, sendAll } from '../support/queues';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('the depth of a queue on SQS', () => {
  let moto: Moto;
  let sqs: SQSClient;
  beforeAll(async () => {
    moto = await startMoto();
    sqs = new SQSClient(clientConfig(moto.endpoint));
  }, 60_000);
  afterAll(async () => {
    sqs.destroy();
    await moto.stop();
  });

  test('counts the messages that wait and those that are in flight', async () => {
    const { url } = await makeQueue(sqs, 'landed');
    await sendAll(sqs, url, ['a', 'b', 'c']);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 1, VisibilityTimeout: 60 }));
    const { depth } = await describeQueue(sqs, url);
    expect(depth).toEqual({ waiting: 2, in_flight: 1, delayed: 0 });
    expect(totalOf(depth)).toBe(3);
  });

  test('is unknown for a queue that does not exist', async () => {
    await expect(describeQueue(sqs, `${moto.endpoint}/123456789012/none`)).rejects.toThrow();
  });
});
