import { setTimeout as delay } from 'node:timers/promises';
import {
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Delivery, EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import { createSqsEventSource } from '../../aws/sqsEventSource';
import { clientConfig, s3With } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';
import { countMessages, makeQueue, sendAll } from '../support/queues';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('messages of an SQS queue', () => {
  const never = new AbortController().signal;
  let moto: Moto;
  let sqs: SQSClient;
  let url: string;
  let arn: string;
  let source: EventSource;
  let queues = 0;
  const warned: string[] = [];

  beforeAll(async () => {
    moto = await startMoto();
    sqs = new SQSClient(clientConfig(moto.endpoint));
  }, 60_000);
  afterAll(async () => {
    sqs?.destroy();
    await moto?.stop();
  });
  beforeEach(async () => {
    ({ url, arn } = await makeQueue(sqs, `landed-${queues++}`));
    warned.length = 0;
    source = createSqsEventSource(sqs, url, { warn: (_, message) => warned.push(message), hiddenSeconds: 8 });
  });
  afterEach(() => source.close());

  /** Number of messages that another receiver can get now. */
  const visible = async (): Promise<number> => {
    const request = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    return Messages.length;
  };
  const receive = async (count: number): Promise<Delivery[]> => {
    const all: Delivery[] = [];
    while (all.length < count) all.push(...(await source.receive(count - all.length, never)));
    return all;
  };

  /** Calls EventBridge without its SDK client; moto reads the service from the scope of the signature. */
  const events = async (operation: string, input: object): Promise<void> => {
    const scope = 'test/20260208/us-east-1/events/aws4_request';
    const answer = await fetch(moto.endpoint, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `AWSEvents.${operation}`,
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      },
    });
    expect({ operation, status: answer.status, said: await answer.text() }).toMatchObject({ status: 200 });
  };

  test('stay hidden beyond their visibility timeout while in progress, and are deleted afterwards', async () => {
    await sendAll(sqs, url, [1, 2, 3]);
    const deliveries = await receive(3);
    expect(deliveries.map(({ body, receiveCount }) => [body, receiveCount]).sort()).toEqual([
      ['1', 1],
      ['2', 1],
      ['3', 1],
    ]);
    await delay(9000);
    expect(await visible()).toBe(0);
    await Promise.all(deliveries.map((each) => each.done()));
    expect(await countMessages(sqs, url)).toBe(0);
    expect(warned).toEqual([]);
  });

  test('come again after the requested delay, with a higher receive count, when they are returned', async () => {
    await sendAll(sqs, url, ['x']);
    const [first] = await receive(1);
    await first?.again(0);
    const [second] = await receive(1);
    expect(second).toMatchObject({ id: first?.id, receiveCount: 2 });
    await second?.again(600);
    expect(await visible()).toBe(0);
    expect(await countMessages(sqs, url)).toBe(1);
  });

  test('become visible to other receivers at once when the source closes', async () => {
    await sendAll(sqs, url, ['x']);
    await receive(1);
    expect(await visible()).toBe(0);
    await source.close();
    expect(await visible()).toBe(1);
  });

  test('are awaited until the signal aborts', async () => {
    const waits = new AbortController();
    setTimeout(() => waits.abort(), 100);
    expect(await source.receive(10, waits.signal)).toEqual([]);
    expect(warned).toEqual([]);
  });

  test('are received after a warning and a retry when the queue is unavailable', async () => {
    const elsewhere = url.replace(/[^/]+$/, 'comes-later');
    const missing = createSqsEventSource(sqs, elsewhere, { warn: (_, message) => warned.push(message) });
    try {
      const received = missing.receive(1, never);
      await delay(300);
      await makeQueue(sqs, 'comes-later');
      await sendAll(sqs, elsewhere, ['x']);
      expect((await received).map(({ body }) => body)).toEqual(['x']);
      expect(warned[0]).toBe('the queue of landed files does not respond');
    } finally {
      await missing.close();
    }
  });

  test('from S3 through EventBridge are read, and the version ID distinguishes contents', async () => {
    const Bucket = 'bridged-data-lake';
    const s3 = await s3With(moto.endpoint, Bucket);
    try {
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      const NotificationConfiguration = { EventBridgeConfiguration: {} };
      await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
      const pattern = { source: ['aws.s3'], 'detail-type': ['Object Created'] };
      await events('PutRule', { Name: 'landed', EventPattern: JSON.stringify(pattern) });
      await events('PutTargets', { Rule: 'landed', Targets: [{ Id: 'queue', Arn: arn }] });
      const Key = 'ventas/a+b 1_2026-02-08.csv';
      for (let turn = 0; turn < 2; turn++) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'a\n1\n' }));
      const read = (await receive(2)).map(({ body, id }) => startsOf(body, id, { timeZone: 'UTC' }, undefined));
      expect(read.flatMap(({ problems }) => problems)).toEqual([]);
      const starts = read.flatMap((each) => each.starts);
      expect(starts.map(({ sourceUri }) => sourceUri)).toEqual([`s3://${Bucket}/${Key}`, `s3://${Bucket}/${Key}`]);
      expect(new Set(starts.map(({ workflowId }) => workflowId)).size).toBe(2);
    } finally {
      s3.destroy();
    }
  });

  test('from S3 are read, directly and through SNS', async () => {
    const s3 = await s3With(moto.endpoint, 'raw-data-lake', 'topic-data-lake');
    const snsClient = new SNSClient(clientConfig(moto.endpoint));
    try {
      const { TopicArn = '' } = await snsClient.send(new CreateTopicCommand({ Name: 'landed' }));
      await snsClient.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));
      const Events = ['s3:ObjectCreated:*' as const];
      const notify = (Bucket: string, NotificationConfiguration: object) =>
        s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
      await notify('raw-data-lake', { QueueConfigurations: [{ QueueArn: arn, Events }] });
      await notify('topic-data-lake', { TopicConfigurations: [{ TopicArn, Events }] });
      for (const Bucket of ['raw-data-lake', 'topic-data-lake']) {
        await s3.send(new PutObjectCommand({ Bucket, Key: 'ventas/año 1+1_2026-02-08.csv', Body: 'a\n1\n' }));
      }
      // Each notification configuration also sends a test event.
      const deliveries = await receive(4);
      const read = deliveries.map(({ body, id }) => startsOf(body, id, { timeZone: 'UTC' }, undefined));
      expect(read.flatMap(({ problems }) => problems)).toEqual([]);
      expect(read.flatMap(({ ignored }) => ignored).map(({ reason }) => reason)).toEqual(['testEvent', 'testEvent']);
      const starts = read.flatMap((each) => each.starts);
      expect(starts.map(({ sourceUri, batch }) => [sourceUri, batch.batchDate]).sort()).toEqual([
        ['s3://raw-data-lake/ventas/año 1+1_2026-02-08.csv', '2026-02-08'],
        ['s3://topic-data-lake/ventas/año 1+1_2026-02-08.csv', '2026-02-08'],
      ]);
      expect(new Set(starts.map(({ workflowId }) => workflowId)).size).toBe(2);
    } finally {
      s3.destroy();
      snsClient.destroy();
    }
  });
});
