import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Manifest } from '@etl/pipeline/manifest';
import { localEcsSettings, localImage } from '../../local/ecsSettings';
import { clientConfig, s3With } from '../support/awsTestClients';
import { startMoto } from '../support/moto';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withBoth = process.env.ETL_TEST_MOTO && process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withBoth('with S3, SNS and SQS', () => {
  let stopMoto: () => Promise<void>;
  let s3: S3Client;
  let sns: SNSClient;
  let sqs: SQSClient;
  let folder: string;
  let system: LocalSystemUnderTest;
  const urls: Record<string, string> = {};

  beforeAll(async () => {
    const moto = await startMoto();
    stopMoto = moto.stop;
    s3 = await s3With(moto.endpoint, 'raw-data-lake', 'clean-data-lake');
    sns = new SNSClient(clientConfig(moto.endpoint));
    sqs = new SQSClient(clientConfig(moto.endpoint));
    const arns: Record<string, string> = {};
    for (const name of ['etl-success', 'etl-alerts', 'etl-dead', 'etl-ecs-events']) {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      urls[name] = QueueUrl;
      if (name === 'etl-dead' || name === 'etl-ecs-events') continue;
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
      arns[name] = TopicArn;
      const attributes = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
      await sns.send(
        new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: attributes.Attributes?.QueueArn ?? '' }),
      );
    }
    folder = await mkdtemp(join(tmpdir(), 'etl-on-aws-'));
    const definition = join(folder, 'definition.json');
    await writeFile(
      definition,
      JSON.stringify({
        family: 'etl-from-a-file',
        cpu: 1024,
        memoryMiB: 2048,
        executionRoleArn: 'arn:aws:iam::123456789012:role/etl-execution',
        etl: { image: localImage, logs: { group: '/ecs/etl', region: 'us-east-1', streamPrefix: 'etl' } },
      }),
    );
    system = await LocalSystemUnderTest.create({
      ECS_CLUSTER: localEcsSettings.cluster,
      ECS_SUBNETS: 'subnet-1',
      ECS_TASK_DEFINITION: definition,
      ECS_EVENTS_QUEUE_URL: urls['etl-ecs-events'] ?? '',
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      S3_RAW_BUCKET: 'raw-data-lake',
      S3_CLEAN_BUCKET: 'clean-data-lake',
      SUCCESS_TOPIC_ARN: arns['etl-success'] ?? '',
      ALERTS_TOPIC_ARN: arns['etl-alerts'] ?? '',
      DLQ_URL: urls['etl-dead'] ?? '',
    });
    await system.up();
  }, 90_000);
  afterAll(async () => {
    await system.remove();
    for (const client of [s3, sns, sqs]) client.destroy();
    await stopMoto();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (key: string, ...options: string[]) =>
    etl(
      [
        'run',
        `s3://raw-data-lake/${key}`,
        '--date',
        '2026-02-08',
        '--out',
        's3://clean-data-lake',
        '--json',
        ...options,
      ],
      {
        ...system.env,
        ...system.changes,
      },
    );
  const received = async (queue: string): Promise<string[]> => {
    const request = { QueueUrl: urls[queue] ?? '', MaxNumberOfMessages: 10, WaitTimeSeconds: 2 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    return Messages.map(({ Body = '' }) => Body);
  };

  test('a file in one bucket becomes a batch in another, and SNS publishes the success', async () => {
    const Body = 'ID Venta,Fecha,Total\n1,08/02/2026,10.5\n2,13/02/2026,11\n';
    await s3.send(new PutObjectCommand({ Bucket: 'raw-data-lake', Key: 'ventas/ventas_2026_02.csv', Body }));
    const ended = await run('ventas/ventas_2026_02.csv');
    expect(ended).toMatchObject({ exitCode: 0 });
    const { manifest } = JSON.parse(ended.stdout) as { manifest: Manifest };
    expect(manifest.totals).toMatchObject({ rowsRead: 2, rowsWritten: 2 });
    const Key = 'ventas/batch_date=2026-02-08/source=ventas_2026_02/_manifest.json';
    const published = await s3.send(new GetObjectCommand({ Bucket: 'clean-data-lake', Key }));
    expect(JSON.parse((await published.Body?.transformToString()) ?? '')).toEqual(manifest);
    const [message = '{}'] = await received('etl-success');
    const { Subject, Message } = JSON.parse(message) as Record<string, string>;
    expect(Subject).toBe('ETL completado: ventas 2026-02-08');
    expect(Message).toMatch(/^ETL completado para 2026-02-08\n/);
  });

  test('a missing key raises an alert, and the event is kept in the dead-letter queue', async () => {
    expect((await run('ventas/none.csv')).exitCode).toBe(65);
    const [alert = '{}'] = await received('etl-alerts');
    expect((JSON.parse(alert) as Record<string, string>).Message).toMatch(
      /^Datos de entrada inválidos - verificar formato\n/,
    );
    const [letter = '{}'] = await received('etl-dead');
    expect(JSON.parse(letter)).toMatchObject({ detail: { s3Key: 's3://raw-data-lake/ventas/none.csv' } });
  });

  test('tasks use the definition that the worker registered from its file', () => {
    const tasks = system.taskIds().map((id) => system.taskFile(id, 'task.json') ?? '');
    expect(tasks.length).toBeGreaterThan(0);
    for (const task of tasks) expect(task).toContain(':task-definition/etl-from-a-file:1"');
  });

  test('the worker polls the queue of ECS events', async () => {
    const QueueUrl = urls['etl-ecs-events'] ?? '';
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no event' }));
    await until('an empty queue', 15, async () => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const request = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await sqs.send(request);
      return Object.values(Attributes).every((count) => count === '0');
    });
  });
});
