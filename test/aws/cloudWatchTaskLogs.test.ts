import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { buildTaskDefinition } from '@etl/ecs/taskDefinition/build';
import { createCloudWatchTaskLogs } from '../../aws/cloudWatchTaskLogs';
import { createLogStreamFinder } from '../../aws/logStream';
import { cluster, idOf, networkConfiguration, type Rig, startRig, stopRig } from '../fargate/support';
import { clientConfig } from '../support/awsTestClients';
import { startMoto } from '../support/moto';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('task logs from CloudWatch Logs', () => {
  const logGroupName = '/ecs/etl';
  let stopMoto: () => Promise<void>;
  let logs: CloudWatchLogsClient;
  let rig: Rig;
  const said: string[] = [];
  const regions: string[] = [];

  beforeAll(async () => {
    const moto = await startMoto();
    stopMoto = moto.stop;
    logs = new CloudWatchLogsClient({ ...clientConfig(moto.endpoint), maxAttempts: 1 });
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    rig = await startRig();
  }, 60_000);
  afterAll(async () => {
    logs.destroy();
    await stopRig(rig);
    await stopMoto();
  });
  beforeEach(() => {
    said.length = 0;
    regions.length = 0;
  });

  const tail = (taskArn: string, lines = 20, taskDefinition = 'none') =>
    createCloudWatchTaskLogs(
      (region) => {
        regions.push(region);
        return logs;
      },
      createLogStreamFinder(rig.client, { cluster, taskDefinition }),
      {
        debug: (_details, message) => said.push(`debug: ${message}`),
        warn: (details, message) => said.push(`warn: ${message}: ${JSON.stringify(details)}`),
      },
    ).tail(taskArn, lines);

  /** Launches a task whose definition logs to `group`, or has no awslogs configuration. */
  const launch = async (family: string, group?: string): Promise<string> => {
    const definition = buildTaskDefinition({
      family,
      cpu: 256,
      memoryMiB: 512,
      executionRoleArn: 'arn:aws:iam::123456789012:role/x',
      etl: {
        image: 'exit:1',
        ...(group !== undefined && { logs: { group, region: 'us-east-1', streamPrefix: 'etl' } }),
      },
      sidecars: [{ name: 'agent', image: 'none:1' }],
    });
    await rig.client.send(new RegisterTaskDefinitionCommand(definition));
    const request = { cluster, taskDefinition: family, launchType: 'FARGATE' as const, networkConfiguration };
    const { tasks = [] } = await rig.client.send(new RunTaskCommand(request));
    return tasks[0]?.taskArn ?? '';
  };
  const write = async (taskArn: string, messages: readonly string[]): Promise<void> => {
    const logStreamName = `etl/etl-worker/${idOf(taskArn)}`;
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const now = Date.now();
    const logEvents = messages.map((message, index) => ({ message, timestamp: now - messages.length + index }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  };
  const progress = (rows: number) => `{"event":"progress","rowsRead":${rows}}`;

  test('returns the last lines of the ETL container, oldest first, without progress events', async () => {
    const arn = await launch('logging', logGroupName);
    await write(arn, ['one', 'two', progress(1), 'three\nfour', progress(2), '']);
    expect(await tail(arn, 3)).toEqual(['two', 'three', 'four']);
    expect(await tail(arn)).toEqual(['one', 'two', 'three', 'four']);
    expect(said).toEqual([]);
    expect(regions).toEqual(['us-east-1', 'us-east-1']);
  });

  test('returns the end of a long log', async () => {
    const arn = await launch('long', logGroupName);
    await write(
      arn,
      Array.from({ length: 600 }, (_, n) => `line ${n}`),
    );
    expect(await tail(arn, 2)).toEqual(['line 598', 'line 599']);
  });

  test('finds lines that precede more than a page of progress events', async () => {
    const arn = await launch('chatty', logGroupName);
    await write(arn, ['the cause', ...Array.from({ length: 700 }, (_, n) => progress(n))]);
    expect(await tail(arn)).toEqual(['the cause']);
  });

  test('reads the log of a task that ECS no longer knows from the group of the current definition', async () => {
    await launch('forgotten', logGroupName);
    const gone = `arn:aws:ecs:us-east-1:000000000000:task/${cluster}/${'0'.repeat(32)}`;
    await write(gone, ['last words']);
    expect((await rig.client.send(new DescribeTasksCommand({ cluster, tasks: [gone] }))).tasks).toEqual([]);
    expect(await tail(gone, 20, 'forgotten')).toEqual(['last words']);
  });

  test('returns no lines and logs the reason when the stream, the group or the definition is missing', async () => {
    expect(await tail(await launch('silent', logGroupName))).toEqual([]);
    expect(await tail(await launch('groupless', '/ecs/none'))).toEqual([]);
    expect(await tail(`arn:aws:ecs:us-east-1:000000000000:task/${cluster}/${'1'.repeat(32)}`)).toEqual([]);
    expect(said).toHaveLength(3);
    expect(said[0]).toMatch(/^warn: the log of the task could not be read: .*ResourceNotFoundException/);
    expect(said[1]).toMatch(/ResourceNotFoundException/);
    expect(said[2]).toMatch(/Unable to describe task definition/);
  });

  test('returns no lines and logs no warning for a definition without awslogs', async () => {
    expect(await tail(await launch('elsewhere'))).toEqual([]);
    expect(said).toEqual(['debug: the task definition has no awslogs configuration: no log lines to show']);
  });
});

test('stops waiting for CloudWatch Logs after the timeout', async () => {
  const said: object[] = [];
  const never = createCloudWatchTaskLogs(
    () => new CloudWatchLogsClient({}),
    () => new Promise(() => undefined),
    { debug: () => undefined, warn: (details) => said.push(details) },
  );
  jest.useFakeTimers();
  try {
    const tail = never.tail('arn:x', 5);
    await jest.advanceTimersByTimeAsync(5000);
    expect(await tail).toEqual([]);
  } finally {
    jest.useRealTimers();
  }
  expect(said).toEqual([{ taskArn: 'arn:x', error: 'Error: no response within 5000 ms' }]);
});
