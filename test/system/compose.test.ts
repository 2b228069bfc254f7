import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client, Connection } from '@temporalio/client';
import { parse } from 'csv-parse/sync';
import { clientConfig, s3With } from '../support/awsTestClients';
import { Composed } from '../support/compose';
import { HostileBrowser } from '../support/hostileBrowser';
import { command, root } from '../support/processes';
import { readS3Batch } from '../support/s3Batch';
import { until } from '../support/system';
import { thorough } from '../support/thorough';

const tools = ['ETL_TEST_COMPOSE', 'ETL_TEST_DOCKER', 'ETL_TEST_MINISTACK', 'ETL_TEST_TEMPORAL'];
const withAll = tools.every((tool) => process.env[tool]) ? describe : describe.skip;
const withBrowser = process.env.ETL_TEST_CHROMIUM ? test : test.skip;

// Images may have to be built first.
jest.setTimeout(600_000);

withAll('docker-compose.yml', () => {
  let system: Composed;
  beforeAll(async () => {
    system = await Composed.create();
    await system.up();
  });
  afterAll(() => system.remove());

  test('a manual run converts the sample to a batch in a container and publishes the success to SNS', async () => {
    const event = { detail: { s3Key: 'ventas/ventas_2026_02.csv', batchDate: '2026-02-08' } };
    const workflow = ['--type', 'etlPipeline', '--task-queue', 'etl', '--workflow-id', 'by-hand'];
    const start = ['workflow', 'start', ...workflow, '--input', JSON.stringify(event), '--address', system.temporal];
    const temporal = process.env.ETL_TEST_TEMPORAL ?? '';
    await until('Temporal takes a run', 60, async () => (await command(temporal, start)).exitCode === 0);
    await result(system.temporal, 'by-hand');

    const s3 = await s3With(system.ministack);
    const rows = await readS3Batch(s3, 'clean-data-lake', 'ventas/batch_date=2026-02-08/source=ventas_2026_02');
    s3.destroy();
    const sample = parse(readFileSync(join(root, 'samples', 'ventas.csv')), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows.map(({ id_venta: id }) => String(id))).toEqual(sample.map((row) => row['ID Venta']));
    expect(await message(system.ministack)).toMatch(/^ETL completado para 2026-02-08\n/);
  });

  test('a new file starts its own pipeline', async () => {
    const s3 = await s3With(system.ministack);
    const Body = readFileSync(join(root, 'samples', 'ventas.csv'));
    await s3.send(new PutObjectCommand({ Bucket: 'raw-data-lake', Key: 'ventas/landed_2026-02-09.csv', Body }));
    const workflowId = await until('a run of it', 60, () =>
      started(system.temporal, 'etl/ventas/2026-02-09/landed_2026-02-09/'),
    );
    await result(system.temporal, workflowId);
    const rows = await readS3Batch(s3, 'clean-data-lake', 'ventas/batch_date=2026-02-09/source=landed_2026-02-09');
    s3.destroy();
    expect(rows).toHaveLength(parse(Body, { columns: true }).length);
  });

  test('the worker does not run as root and has no compilers, and the Web UI answers', async () => {
    expect((await system.run('exec', '-T', 'worker', 'id', '-u')).stdout.trim()).toBe('1000');
    const { stdout } = await system.run('exec', '-T', 'worker', 'ls', 'node_modules', 'dist');
    for (const name of ['typescript', 'jest', 'assemblyscript', 'test'])
      expect(stdout.split(/\s+/)).not.toContain(name);
    expect((await fetch(system.ui)).ok).toBe(true);
  });

  test('local programs reach ministack through the gate, but not under other host names', async () => {
    const answerTo = async (Host: string) => {
      const sent = get(`${system.ministack}/_ministack/health`, { headers: { Host } });
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    const { host, port } = new URL(system.ministack);
    expect([await answerTo(host), await answerTo(`localhost:${port}`)]).toEqual([200, 200]);
    expect([await answerTo(`evil.test:${port}`), await answerTo('ministack:6666')]).toEqual([403, 403]);
    const published = await Promise.all(
      ['ministack', 'temporal'].map((service) => system.run('port', service, '6666')),
    );
    expect(published.map(({ stdout }) => stdout.trim())).not.toContainEqual(expect.stringMatching(/\d/));
  });

  withBrowser('no web page can read from the published ports or the containers', async () => {
    const containers = await Promise.all(['gate', 'ministack', 'temporal'].map((name) => system.listening(name)));
    expect(containers.map((ports) => ports.length > 0)).toEqual([true, true, true]);
    const published = [`http://${system.temporal}`, system.ui, system.ministack].map((url) => new URL(url));
    const ports = published.map(({ hostname: address, port }) => ({ address, port: Number(port) }));
    const others = containers.flat().filter((_, at) => thorough || at % 3 === 0);
    const all = [
      ...ports.map((each) => ({ ...each, everyNth: thorough ? 1 : 2 })),
      ...others.map((each) => ({ ...each, everyNth: thorough ? 1 : 4 })),
    ];
    const browser = await HostileBrowser.launch([...new Set(all.map(({ address }) => address))]);
    try {
      for (const each of all) {
        const loot = await Promise.all([browser.acrossOrigins(each, each), browser.rebound(each, each)]);
        expect([each, ...loot]).toEqual([each, {}, {}]);
      }
    } finally {
      await browser.close();
    }
    const s3 = await s3With(system.ministack);
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    s3.destroy();
    expect(Buckets.map(({ Name }) => Name).sort()).toEqual(['clean-data-lake', 'raw-data-lake']);
    expect(await started(system.temporal, 'by-page')).toBeUndefined();
  });

  test('explains how to build an image that cannot be pulled', async () => {
    const { exitCode, stdout } = await system.run('config');
    expect(exitCode).toBe(0);
    const built = [...stdout.matchAll(/dockerfile: (\S+)/g)].map(([, file]) => file);
    expect(new Set(built)).toEqual(new Set(['etl-image/Dockerfile', 'workers/Dockerfile']));
  });

  test('running the preparation again changes nothing', async () => {
    expect(await system.run('run', '--rm', '-T', 'prepare')).toMatchObject({ exitCode: 0 });
    const ecs = new ECSClient(clientConfig(system.ministack));
    const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'etl' }));
    ecs.destroy();
    expect(taskDefinitionArns).toEqual([expect.stringMatching(/task-definition\/etl:1$/)]);
  });
});

function result(address: string, workflowId: string): Promise<unknown> {
  return withClient(address, (client) => client.workflow.getHandle(workflowId).result());
}

/** Returns the ID of the run whose ID has this prefix. */
function started(address: string, prefix: string): Promise<string | undefined> {
  return withClient(address, async (client) => {
    for await (const { workflowId } of client.workflow.list()) if (workflowId.startsWith(prefix)) return workflowId;
    return undefined;
  });
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Returns what SNS sent to the queue that the test subscribed. */
async function message(endpoint: string): Promise<string> {
  const sqs = new SQSClient(clientConfig(endpoint));
  const QueueUrl = `${endpoint}/000000000000/etl-messages`;
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  sqs.destroy();
  return (JSON.parse(Messages?.[0]?.Body ?? '{}') as { Message?: string }).Message ?? '';
}
