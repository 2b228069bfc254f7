import type { S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { eventKey } from '@etl/pipeline/deadLetters/eventKey';
import { createS3Store } from '@etl/storage/s3Store';
import { createOnePerEvent } from '../../activities/deadLetters/onePerEvent';
import { createSqsDeadLetters } from '../../aws/sqsDeadLetters';
import { letterOf } from '../activities/deadLetters/support';
import { clientConfig, s3With } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';
import { countMessages, makeQueue, sendAll } from '../support/queues';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('one dead letter per event, with SQS and S3', () => {
  let moto: Moto;
  let s3: S3Client;
  let sqs: SQSClient;
  beforeAll(async () => {
    moto = await startMoto();
    s3 = await s3With(moto.endpoint, 'clean');
    sqs = new SQSClient(clientConfig(moto.endpoint));
  }, 60_000);
  afterAll(async () => {
    s3.destroy();
    sqs.destroy();
    await moto.stop();
  });

  const places = { rawBase: 's3://raw', cleanBase: 's3://clean' };
  const soon = () => new Date(Date.now() + 60_000);
  const open = async (name: string) => {
    const { url } = await makeQueue(sqs, name);
    const queue = createSqsDeadLetters(sqs, url);
    const worker = () => createOnePerEvent({ queue, store: createS3Store(s3), places, pollMs: 20 });
    return { url, queue, worker, count: () => countMessages(sqs, url) };
  };

  test('keeps one letter for three concurrent failures and a fourth, which a delivery removes', async () => {
    const { worker, count, queue } = await open('once');
    const letter = letterOf('once');
    const sent = await Promise.all([1, 2, 3].map((run) => worker().send({ ...letter, runId: `r${run}` })));
    sent.push(await worker().send({ ...letter, runId: 'r4' }));
    expect(new Set(sent).size).toBe(1);
    expect(await count()).toBe(1);
    expect(await queue.state()).toEqual({ retentionSeconds: 345_600, letters: 1 });
    await worker().delivered(eventKey(letter.event, places), soon());
    expect(await count()).toBe(0);
    await worker().send(letter);
    expect(await count()).toBe(1);
  });

  test('leaves the letters of other events in place and visible at once', async () => {
    const { worker, count, url } = await open('among');
    await sendAll(
      sqs,
      url,
      Array.from({ length: 25 }, (_, number) => ({ other: number })),
    );
    const letter = letterOf('among');
    await worker().send(letter);
    await worker().delivered(eventKey(letter.event, places), soon());
    expect(await count()).toBe(25);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    expect(Messages).toHaveLength(10);
  });

  test('a search removes the letter and older letters of its event, but not newer ones', async () => {
    const { queue, count } = await open('search');
    const address = { key: 'k', marker: 's3://clean/m' };
    const send = async (runId: string) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return queue.send(letterOf('search', { runId }), address);
    };
    await send('older');
    const id = await send('it');
    await send('newer');
    expect(await queue.removeSent('k', 'unknown')).toBe(false);
    expect(await count()).toBe(3);
    expect(await queue.removeSent('k', id)).toBe(true);
    expect(await count()).toBe(1);
  });

  test('a missing queue has no state', async () => {
    expect(await createSqsDeadLetters(sqs, `${moto.endpoint}/123456789012/none`).state()).toBeUndefined();
  });
});
