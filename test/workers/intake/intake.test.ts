import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startsOf } from '@etl/pipeline/intake/starts';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { createSqsDeadLetters } from '../../../aws/sqsDeadLetters';
import { createSqsEventSource } from '../../../aws/sqsEventSource';
import { type Intake, startIntake } from '../../../workers/intake/consume';
import { createGate } from '../../../workers/intake/gate';
import { createOpenCount, createStarter } from '../../../workers/intake/startPipeline';
import { clientConfig } from '../../support/awsTestClients';
import { type Moto, startMoto } from '../../support/moto';
import { countMessages, drain, makeQueue, sendAll } from '../../support/queues';
import { replay } from '../../support/rig';
import { created, onEventBridge, s3Object, sns } from '../../support/s3Events';
import { until } from '../../support/system';
import { TestServer } from '../../support/testServer';
import { thorough } from '../../support/thorough';
import { end, endAll, startIntakeProcess } from './intakeProcess';

const exe = process.env.ETL_TEST_TEMPORAL ?? '';
const withBoth = process.env.ETL_TEST_MOTO && exe ? describe : describe.skip;

withBoth('from a queue to pipelines', () => {
  let server: TestServer;
  let moto: Moto;
  let sqs: SQSClient;
  let queue: string;
  let dead: string;
  let running: Intake | undefined;
  let queues = 0;

  beforeAll(async () => {
    [server, moto] = await Promise.all([TestServer.start({ lasting: true }), startMoto()]);
    sqs = new SQSClient(clientConfig(moto.endpoint));
  }, 90_000);
  afterAll(async () => {
    sqs?.destroy();
    await Promise.all([server?.remove(), moto?.stop()]);
  });
  beforeEach(async () => {
    queue = (await makeQueue(sqs, `landed-${queues}`)).url;
    dead = (await makeQueue(sqs, `dead-${queues++}`)).url;
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await endAll();
    await terminateAll();
    await until('an end of all of them', 30, () => slowly(async () => (await open()) === 0));
  });

  const many = thorough ? 200 : 24;
  const rule = { timeZone: 'UTC' };
  const lines: string[] = [];
  const say = (_details: unknown, message: string) => void lines.push(message);
  const log = { debug: () => undefined, info: say, warn: say, error: say } as never;
  /** Starts the worker's intake without its pipeline worker, so pipelines stay open. */
  const startHere = (maxOpen = 1000) => {
    lines.length = 0;
    const source = createSqsEventSource(sqs, queue, { warn: () => undefined, hiddenSeconds: 3 });
    const read = (body: string, id: string) => startsOf(body, id, rule, undefined);
    const gate = createGate({ maxOpen, count: createOpenCount(server.client, 2000), log, refreshMs: 200 });
    const deadLetters = createSqsDeadLetters(sqs, dead);
    running = startIntake({
      source,
      read,
      start: createStarter(server.client, 2000),
      gate,
      deadLetters,
      maxReceives: 20,
      log,
    });
    return running;
  };
  const pipelines = async (dataset: string): Promise<WorkflowExecutionInfo[]> => {
    const all: WorkflowExecutionInfo[] = [];
    for await (const each of server.client.workflow.list())
      if (each.workflowId.startsWith(`etl/${dataset}/`)) all.push(each);
    return all;
  };
  /** Ignores runs that have closed meanwhile. */
  const terminateAll = async (): Promise<void> => {
    const ended: Promise<unknown>[] = [];
    for await (const { workflowId } of server.client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
      ended.push(server.client.workflow.getHandle(workflowId).terminate());
    }
    await Promise.allSettled(ended);
  };
  const open = async () => (await server.client.workflow.count('ExecutionStatus = "Running"')).count;
  // Polls slowly: moto shares its one core with the code under test.
  const slowly = <T>(look: () => Promise<T>) => delay(400).then(look);
  const empty = () =>
    until('an empty queue', thorough ? 300 : 90, () => slowly(async () => (await countMessages(sqs, queue)) === 0));

  const startProcess = (changes: NodeJS.ProcessEnv = {}) =>
    startIntakeProcess({
      TEMPORAL_ADDRESS: server.address,
      ETL_STATE_DIR: join(server.folder, 'state'),
      ETL_SHUTDOWN_GRACE_SECONDS: '1',
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      INTAKE_QUEUE_URL: queue,
      ETL_SOURCE_PREFIXES: 'raw-data-lake, file:///',
      INTAKE_HIDDEN_SECONDS: '3',
      DLQ_URL: dead,
      LOG_LEVEL: 'warn',
      ...changes,
    });

  test('starts one pipeline per content for duplicate messages and a worker killed meanwhile', async () => {
    // The objects do not exist, so pipelines fail early, in validation; several contents share an object.
    const objects = Math.min(many, 50);
    const contents = Array.from({ length: many }, (_, number) => {
      const key = `none/file_${number % objects}_2026-02-08.csv`;
      const object = s3Object({ key, sequencer: `00${number}` });
      const { eTag: etag = '', sequencer = '' } = object;
      return [created(object), number % 2 ? sns(created(object)) : onEventBridge({ key, etag, sequencer })] as const;
    });
    const nothing = [{ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'raw-data-lake' }];
    const removed = created(s3Object({ key: 'none/gone.csv' }), 'ObjectRemoved:Delete');
    const poison = ['no JSON at all', { hello: 'world' }, { detail: { s3Key: 'none/x.csv', batchDate: 'today' } }];
    await sendAll(
      sqs,
      queue,
      contents.map(([one]) => one),
    );
    await sendAll(sqs, queue, [...nothing, removed, ...poison]);
    await sendAll(sqs, queue, contents.map(([, other]) => other).reverse());

    // The limit of open pipelines keeps it from finishing before it is killed.
    const first = await startProcess({ INTAKE_MAX_OPEN: String(many / 2) });
    await until('some of them', 60, async () => (await server.client.workflow.count()).count > 5);
    await end(first, 'SIGKILL');
    expect(await countMessages(sqs, queue)).toBeGreaterThan(0);
    const second = await startProcess();
    await empty();
    if (thorough) await until('all of them at their end', 300, () => slowly(async () => (await open()) === 0));
    await end(second, 'SIGTERM');

    const runs = await pipelines('none');
    const expected = contents.map(([one]) => startsOf(JSON.stringify(one), '', rule, undefined).starts[0]?.workflowId);
    expect(runs.map(({ workflowId }) => workflowId).sort()).toEqual(expected.sort());
    expect(new Set(expected).size).toBe(many);

    const letters = await drain(sqs, dead);
    const invalid = letters.filter((each) => each.MessageAttributes?.failureType?.StringValue === 'InvalidEvent');
    const failed = letters
      .filter((each) => !invalid.includes(each))
      .map(({ MessageAttributes }) => MessageAttributes?.letterKey?.StringValue);
    // A batch has one letter, regardless of how many contents its object had.
    expect(new Set(failed).size).toBe(thorough ? objects : 0);
    // A worker killed between a letter and the deletion of its message sends the letter again.
    const reasons = Object.fromEntries(
      invalid.map(({ Body = '', MessageAttributes }) => [Body, MessageAttributes?.reason?.StringValue]),
    );
    expect(reasons).toEqual({
      '"no JSON at all"': 'the message is not JSON: "no JSON at all"',
      '{"hello":"world"}': 'unknown kind of event: "{\\"hello\\":\\"world\\"}"',
      '{"detail":{"s3Key":"none/x.csv","batchDate":"today"}}':
        'detail.batchDate: "today" is not a calendar date: expected YYYY-MM-DD',
    });
    await replay(runs.map(({ workflowId, runId }) => server.client.workflow.getHandle(workflowId, runId)));
  }, 700_000);

  test('starts pipelines up to the limit; other messages wait in the queue', async () => {
    const files = Array.from({ length: 12 }, (_, number) => created(s3Object({ key: `held/f${number}.csv` })));
    await sendAll(sqs, queue, files);
    const intake = startHere(5);
    await until('the limit to be reached', 60, () => lines.some((line) => /limit of open pipelines/.test(line)));
    await delay(1000);
    expect(intake.counts.started).toBe(5);
    expect(await countMessages(sqs, queue)).toBe(7);
    expect(lines.filter((line) => /limit of open pipelines/.test(line))).toHaveLength(1);
    await terminateAll();
    await until('the next five', 60, () => intake.counts.started === 10);
    await terminateAll();
    await empty();
    expect(intake.counts).toMatchObject({ started: 12, duplicates: 0, poison: 0 });
  });

  test('loses and dead-letters nothing while Temporal is unavailable', async () => {
    await sendAll(sqs, queue, [created(s3Object({ key: 'away/before.csv' }))]);
    const intake = startHere();
    await until('the first', 60, () => intake.counts.started === 1);
    await server.stop();
    const files = Array.from({ length: 5 }, (_, number) => created(s3Object({ key: `away/f${number}.csv` })));
    await sendAll(sqs, queue, files);
    await until('a log line', 60, () => lines.some((line) => /is unavailable/.test(line)));
    expect(await countMessages(sqs, queue)).toBe(5);
    await server.up();
    await until('all of them', 90, () => intake.counts.started + intake.counts.duplicates >= 6);
    await empty();
    expect((await pipelines('away')).length).toBe(6);
    expect(await countMessages(sqs, dead)).toBe(0);
  }, 300_000);
});
