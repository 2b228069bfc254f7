import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateDatabaseCommand,
  DeleteTableCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { clientConfig, s3With } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';
import { start } from '../support/processes';
import { etl, LocalSystemUnderTest } from '../support/system';

const withBoth = process.env.ETL_TEST_MOTO && process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

const day = '2026-02-08';
const catalog = { DatabaseName: 'lago', TableName: 'ventas' };

withBoth('the sinks of a declared dataset', () => {
  let moto: Moto;
  let s3: S3Client;
  let glue: GlueClient;
  let system: LocalSystemUnderTest;

  beforeAll(async () => {
    moto = await startMoto();
    s3 = await s3With(moto.endpoint, 'raw-data-lake', 'clean-data-lake');
    glue = new GlueClient(clientConfig(moto.endpoint));
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'lago' } }));
    system = await LocalSystemUnderTest.create({
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      S3_RAW_BUCKET: 'raw-data-lake',
      S3_CLEAN_BUCKET: 'clean-data-lake',
      ETL_LIGHT_LANE: 'auto',
      ETL_TIME_SCALE: '0.01',
    });
    const datasets = join(system.folder, 'datasets');
    mkdirSync(datasets);
    const declared = (database: string) =>
      `source: { pattern: "DATASET/*.csv" }\nsinks: { catalogo: { type: glue, database: ${database} } }\n`;
    writeFileSync(join(datasets, 'ventas.yaml'), declared('lago').replace('DATASET', 'ventas'));
    writeFileSync(join(datasets, 'stock.yaml'), declared('missing').replace('DATASET', 'stock'));
    system.changes.ETL_DATASETS = datasets;
    await system.up();
  }, 90_000);
  afterAll(async () => {
    await system.remove();
    for (const client of [s3, glue]) client.destroy();
    await moto.stop();
  });

  const run = (...args: string[]) => etl(args, { ...system.env, ...system.changes });
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const ended = await run(...args, '--json');
    return { exitCode: ended.exitCode, ...JSON.parse(ended.stdout) };
  };
  /** Without the Temporal server. */
  const offline = (...args: string[]) =>
    etl(args, { ...system.env, ...system.changes, TEMPORAL_ADDRESS: '127.0.0.1:1' });

  async function deliver(dataset: string, rows: string, date = day) {
    const key = `${dataset}/norte_${date}.csv`;
    await s3.send(new PutObjectCommand({ Bucket: 'raw-data-lake', Key: key, Body: `id,importe\n${rows}\n` }));
    return run('run', `s3://raw-data-lake/${key}`, '--date', date, '--json');
  }
  const locations = async (): Promise<(string | undefined)[]> => {
    const { Partitions = [] } = await glue.send(new GetPartitionsCommand(catalog));
    return Partitions.map(({ StorageDescriptor }) => StorageDescriptor?.Location);
  };
  const objects = async (Prefix: string): Promise<string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'clean-data-lake', Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  };

  test('status, replay and vacuum, from the first commit to its removal', async () => {
    expect(await deliver('ventas', '1,10\n2,20')).toMatchObject({ exitCode: 0 });
    expect(await deliver('ventas', '3,30', '2026-02-09')).toMatchObject({ exitCode: 0 });
    const current = await offline('sink', 'status', '--dataset', 'ventas');
    expect(current).toMatchObject({ exitCode: 0, stderr: '' });
    expect(current.stdout).toMatch(/^ventas\n {2}sink +type +current +behind +failed\n {2}catalogo +glue +2 +0 +0\n$/);

    // A catalog that was deleted is built again from the commit log.
    await glue.send(new DeleteTableCommand({ DatabaseName: 'lago', Name: 'ventas' }));
    expect(await json('sink', 'replay', 'ventas')).toMatchObject({ exitCode: 0, report: { applied: 0, current: 2 } });
    const replayed = await run('sink', 'replay', 'ventas', '--from', day, '--to', day);
    expect(replayed).toMatchObject({ exitCode: 0 });
    expect(replayed.stdout).toMatch(
      /^Started etl-sinks\/ventas\n[\s\S]*1 applied, 0 failed, 0 batches already current\n$/,
    );
    expect(await locations()).toHaveLength(1);
    expect(await json('sink', 'replay', 'ventas', '--all')).toMatchObject({ exitCode: 0, report: { applied: 2 } });
    expect(await locations()).toHaveLength(2);

    // The data of a replaced commit stays for the retention, and then goes.
    expect(await deliver('ventas', '1,11\n2,22')).toMatchObject({ exitCode: 0 });
    const commits = await objects(`etl-commits/ventas/${day}/`);
    expect(commits).toHaveLength(2);
    expect(await json('vacuum', '--dry-run')).toMatchObject({ exitCode: 0, folders: [], removed: { folders: 0 } });
    const dry = await run('vacuum', '--older-than', '0', '--dry-run');
    expect(dry.stdout).toMatch(/norte_2026-02-08\/[\w-]+: [\d.]+ k?B, 1 object, replaced 20\S+\n/);
    expect(dry.stdout).toMatch(
      /1 folder, [\d.]+ k?B would be removed\nRemove them with: \S.* vacuum --older-than 0\n$/,
    );
    expect(await objects(`etl-commits/ventas/${day}/`)).toEqual(commits);
    const vacuumed = await json('vacuum', '--older-than', '0', '--dataset', 'ventas');
    expect(vacuumed).toMatchObject({ exitCode: 0, batches: 2, foreign: 0, removed: { folders: 1 } });
    const [left, ...others] = await objects(`etl-commits/ventas/${day}/`);
    expect(others).toEqual([]);
    const { Partition } = await glue.send(
      new GetPartitionCommand({ ...catalog, PartitionValues: [day, `norte_${day}`] }),
    );
    expect(`s3://clean-data-lake/${left}`).toContain(Partition?.StorageDescriptor?.Location ?? 'nothing');
    expect((await json('vacuum', '--older-than', '0')).removed).toEqual({ folders: 0, bytes: 0 });
  }, 120_000);

  test('a sink that fails is listed with its reason and the command that finishes it', async () => {
    await deliver('stock', '1,1');
    const behind = await offline('sink', 'status');
    expect(behind.exitCode).toBe(1);
    expect(behind.stdout).toMatch(/ {2}catalogo +glue +0 +0 +1\n/);
    expect(behind.stdout).toMatch(
      / {2}stock 2026-02-08 norte_2026-02-08: catalogo has no commit yet, newest is 1: .*database missing/,
    );
    expect(behind.stdout).toMatch(/Finish with: \S.* sink replay stock\n/);
    const retried = await json('retry', '--failed', '--dataset', 'stock', '--yes');
    expect(retried).toMatchObject({ exitCode: 1, runs: [{ outcome: 'sinksFailed' }] });
    const failed = await json('sink', 'replay', 'stock');
    expect(failed).toMatchObject({ exitCode: 1, status: 'FAILED', failureType: 'SinkFailed', report: { failed: 1 } });
    expect(await json('vacuum', '--older-than', '0', '--dataset', 'stock')).toMatchObject({ removed: { folders: 0 } });

    const doctor = await json('doctor');
    expect(doctor.exitCode).toBe(69);
    expect(doctor.checks).toEqual(
      expect.arrayContaining([
        { name: 'Sink catalogo of ventas', state: 'ok', fact: 'lago.ventas has 2 columns' },
        {
          name: 'Sink catalogo of stock',
          state: 'missing',
          fact: expect.stringContaining('missing does not exist. Create'),
        },
      ]),
    );

    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'missing' } }));
    // Only the sinks are finished: there is no second commit, and the dead letter goes.
    expect(system.letters('dead-letters').filter((text) => text.includes('stock'))).toHaveLength(1);
    expect(await json('retry', 'stock/2026-02-08', '--yes')).toMatchObject({
      exitCode: 0,
      runs: [{ workflowId: 'etl/stock/2026-02-08/norte_2026-02-08', outcome: 'sinksFinished' }],
    });
    expect(await objects(`etl-commits/stock/${day}/`)).toHaveLength(1);
    expect(system.letters('dead-letters').filter((text) => text.includes('stock'))).toEqual([]);
    expect(await run('sink', 'replay', 'stock')).toMatchObject({ exitCode: 0 });
    expect(await offline('sink', 'status')).toMatchObject({ exitCode: 0 });
  }, 120_000);

  test('wrong names and dates are usage errors', async () => {
    expect(await offline('sink', 'status', '--dataset', 'nothing')).toMatchObject({ exitCode: 66 });
    expect(await offline('sink', 'status', '--sink', 'nothing')).toMatchObject({ exitCode: 66 });
    expect(await offline('sink', 'status', '--from', '2026-02-30')).toMatchObject({ exitCode: 64 });
    expect(await offline('sink', 'replay', 'ventas', '--from', '2026-02-09', '--to', day)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('--from 2026-02-09 is after --to 2026-02-08'),
    });
    expect(await offline('vacuum', '--dataset', '../x')).toMatchObject({ exitCode: 64 });
    expect(await json('sink', 'replay', 'nothing')).toMatchObject({ exitCode: 1, status: 'FAILED' });
  });

  test('a second replay follows the running one, and Ctrl-C leaves both running', async () => {
    await system.withClient(async (client) => {
      // Without a worker of this queue, the replay stays open.
      const workflowId = 'etl-sinks/ventas';
      const open = { workflowId, taskQueue: 'nobody', args: [{ dataset: 'ventas' }] };
      const handle = await client.workflow.start('replaySinks', open);
      const env = { ...process.env, ...system.env, ...system.changes };
      const { child, ended } = start(process.execPath, ['cli/etl.js', 'sink', 'replay', 'ventas'], env);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      child.kill('SIGINT');
      const { exitCode, stdout, stderr } = await ended;
      expect(exitCode).toBe(130);
      expect(stdout).toContain('Following etl-sinks/ventas, which was already running');
      expect(stderr).toContain('The replay continues without this command. Cancel it with: ');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await handle.terminate();
    });
  });
});
