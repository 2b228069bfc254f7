import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { StateChange } from '../../aws/stateChange';
import { type StateChangeQueue, startStateChangeQueue } from '../../aws/stateChangeQueue';
import { clientConfig } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';
import { stateChangeEvent } from '../support/stateChangeEvent';
import { until } from '../support/system';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('the queue of task state changes', () => {
  let moto: Moto;
  let sqs: SQSClient;
  let queueUrl: string;
  let polled: StateChangeQueue | undefined;
  let queues = 0;

  beforeAll(async () => {
    moto = await startMoto();
    sqs = new SQSClient(clientConfig(moto.endpoint));
  }, 60_000);
  afterAll(async () => {
    sqs.destroy();
    await moto.stop();
  });
  beforeEach(async () => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `events-${queues++}` }));
    queueUrl = QueueUrl;
  });
  afterEach(async () => {
    await polled?.stop();
    polled = undefined;
  });

  const send = (body: unknown) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const event = (id: number) =>
    stateChangeEvent({
      taskArn: `arn:aws:ecs:us-east-1:123456789012:task/etl/${id}`,
      environment: { WORKFLOW_ID: `w${id}`, RUN_ID: `r${id}` },
    });
  /** Number of messages in the queue, including hidden ones. */
  const left = async (): Promise<number> => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const request = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] });
    const { Attributes = {} } = await sqs.send(request);
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  };
  const start = (handOver: (change: StateChange) => Promise<void>) => {
    polled = startStateChangeQueue(sqs, queueUrl, { handOver, warn: () => undefined });
    return polled;
  };

  test('delivers a change that arrives during a poll at once, then deletes it', async () => {
    const seen: StateChange[] = [];
    start(async (change) => void seen.push(change));
    await send(event(1));
    // Far below the 20 seconds of the long poll, so the message ends the wait.
    await until('the change', 8, () => seen.length > 0);
    expect(seen[0]).toMatchObject({ workflowId: 'w1', runId: 'r1', lastStatus: 'STOPPED' });
    await until('an empty queue', 8, async () => (await left()) === 0);
  });

  test('delivers each change of a burst once', async () => {
    for (let id = 0; id < 35; id++) await send(event(id));
    const seen: string[] = [];
    const queue = start(async ({ workflowId = '' }) => void seen.push(workflowId));
    await until('all of them', 20, async () => seen.length >= 35 && (await left()) === 0);
    expect(new Set(seen).size).toBe(35);
    expect(queue.counts).toEqual({ handedOver: 35, failed: 0, givenUp: 0, foreign: 0 });
  });

  test('deletes and counts malformed and foreign messages, which delay nothing', async () => {
    await send('no JSON');
    await send({ hello: 'world' });
    await send(stateChangeEvent({ taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/etl/9' }));
    await send(event(1));
    const seen: string[] = [];
    const queue = start(async ({ workflowId = '' }) => void seen.push(workflowId));
    await until('the change, and an empty queue', 10, async () => seen.length > 0 && (await left()) === 0);
    expect(seen).toEqual(['w1']);
    expect(queue.counts).toEqual({ handedOver: 1, failed: 0, givenUp: 0, foreign: 3 });
  });

  test('redelivers a change that could not be delivered', async () => {
    let refuse = true;
    const seen: string[] = [];
    const warned: object[] = [];
    const queue = startStateChangeQueue(sqs, queueUrl, {
      handOver: async ({ workflowId = '' }) => {
        if (refuse) throw new Error('Temporal is away');
        seen.push(workflowId);
      },
      warn: (details) => warned.push(details),
      redeliverySeconds: 1,
    });
    polled = queue;
    await send(event(1));
    await until('a first try', 10, () => queue.counts.failed > 0);
    expect(await left()).toBe(1);
    refuse = false;
    await until('the second', 20, async () => seen.length > 0 && (await left()) === 0);
    expect(warned[0]).toMatchObject({ workflowId: 'w1', error: 'Temporal is away' });
  });

  test('drops a change that can never be delivered after twenty receives', async () => {
    const message = (ApproximateReceiveCount: string) => ({
      MessageId: 'm',
      ReceiptHandle: 'h',
      Body: JSON.stringify(event(1)),
      Attributes: { ApproximateReceiveCount },
    });
    const answers = [[message('20')], [message('21')]];
    const deleted: unknown[] = [];
    const client = {
      send: async (command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
        if (!(command instanceof ReceiveMessageCommand)) return deleted.push(command);
        const Messages = answers.shift();
        if (!Messages) await new Promise((resolve) => abortSignal?.addEventListener('abort', resolve));
        return { Messages };
      },
    };
    const handOver = () => Promise.reject(new Error('Invalid RunId'));
    polled = startStateChangeQueue(client as never, queueUrl, { handOver, warn: () => undefined });
    await until('it is dropped', 10, () => polled?.counts.givenUp === 1);
    expect(polled.counts).toMatchObject({ failed: 1, givenUp: 1 });
    await until('its deletion', 10, () => deleted.length === 1);
  });

  test('stop ends the poll, finishes the change in progress and receives no more', async () => {
    let finish = (): void => undefined;
    let began = false;
    const queue = start(() => {
      began = true;
      return new Promise((resolve) => {
        finish = () => resolve();
      });
    });
    await send(event(1));
    await until('a change in hand', 10, () => began);
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await send(event(2));
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(queue.counts.handedOver).toBe(1);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(Messages.map(({ Body = '' }) => Body)).toEqual([JSON.stringify(event(2))]);
  });

  test('retries a queue that does not answer until it does', async () => {
    const missing = queueUrl.replace(/[^/]+$/, 'comes-later');
    const warned: object[] = [];
    const seen: string[] = [];
    polled = startStateChangeQueue(sqs, missing, {
      handOver: async ({ workflowId = '' }) => void seen.push(workflowId),
      warn: (details) => warned.push(details),
    });
    await until('an error', 10, () => warned.length > 0);
    expect(warned[0]).toMatchObject({ queueUrl: missing, pauseMs: 1000 });
    await sqs.send(new CreateQueueCommand({ QueueName: 'comes-later' }));
    queueUrl = missing;
    await send(event(1));
    await until('the change', 20, () => seen.length > 0);
  });
});
