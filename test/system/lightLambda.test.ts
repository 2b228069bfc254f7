import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { joinUri } from '@etl/lib/uri';
import { clientSettings } from '@etl/pipeline/awsClients';
import { layout, manifestName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { createS3Store } from '@etl/storage/s3Store';
import { strToU8, type ZipOptions, type Zippable, zipSync } from 'fflate';
import { convertLight } from '../../activities/convertLight';
import type { LightEnd } from '../../activities/ports';
import { createLambdaConverter } from '../../aws/lambdaConverter';
import { type Ministack, standInCredentials, standInRegion, startMinistack } from '../../local/ministack/server';
import { Bench } from '../support/container';
import { withoutProgress } from '../support/fakePorts';
import { root } from '../support/processes';
import { samplePlan } from '../support/samplePlan';

const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'v' };
const csv = `ID Venta,Fecha,Código\n${Array.from({ length: 2500 }, (_, row) => `${row},0${1 + (row % 9)}/02/2026,0${row}\n`).join('')}`;
const executable: ZipOptions = { os: 3, attrs: 0o755 << 16 };

/** Returns the files of a folder for a deployment package. */
async function packageOf(folder: string): Promise<Zippable> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const read = async (file: string) => [file.slice(folder.length + 1), new Uint8Array(await readFile(file))] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}

describe('the light lane on an emulated Lambda', () => {
  let ministack: Ministack;
  let s3: S3Client;
  let lambda: LambdaClient;
  let bench: Bench;
  let environment: Record<string, string>;
  const store = () => createS3Store(s3);

  beforeAll(async () => {
    const program = process.env.ETL_TEST_MINISTACK ?? '';
    ministack = await startMinistack({ program, services: ['iam', 'lambda', 'logs', 's3'] });
    const aws = { endpoint: ministack.endpoint, region: standInRegion, credentials: standInCredentials };
    s3 = new S3Client({ ...aws, forcePathStyle: true });
    lambda = new LambdaClient({ ...aws, ...clientSettings('lambda') });
    bench = await Bench.create();
    environment = {
      AWS_ENDPOINT_URL: ministack.endpoint,
      AWS_REGION: standInRegion,
      AWS_ACCESS_KEY_ID: standInCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: standInCredentials.secretAccessKey,
    };
    for (const Bucket of ['raw', 'clean']) await s3.send(new CreateBucketCommand({ Bucket }));
    await store().upload(await bench.file('v.csv', csv), 's3://raw/ventas/v.csv');
    await deploy('etl-convert', await packageOf(join(root, 'dist', 'lambda', 'convert')), 60);
  });
  afterAll(async () => {
    s3.destroy();
    lambda.destroy();
    await bench.remove();
    await ministack.stop();
  });

  /**
   * Uses our own runtime, like the functions of the state machine, because ministack's reports every error under one
   * name.
   */
  async function deploy(name: string, files: Zippable, timeoutSeconds: number): Promise<void> {
    const runtime = await readFile(join(root, 'dist', 'local', 'lambda', 'runtime.js'), 'utf8');
    const bootstrap: [Uint8Array, ZipOptions] = [strToU8(`#!/usr/bin/env node\n${runtime}`), executable];
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'provided.al2023',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/any',
        Timeout: timeoutSeconds,
        MemorySize: 1769,
        Environment: { Variables: environment },
        Code: { ZipFile: zipSync({ ...files, bootstrap }) },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
  }

  async function convert(name: string, destination: string, key = 'ventas/v.csv'): Promise<LightEnd> {
    const info = await store().head('s3://raw/ventas/v.csv');
    const plan = samplePlan({
      batch,
      destination,
      chunkRows: 1000,
      source: { uri: `s3://raw/${key}`, bytes: info?.bytes ?? 0, fingerprint: info?.fingerprint ?? '' },
    });
    const run = { workflowId: 'etl/ventas', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };
    const lightly = { ...withoutProgress, converter: createLambdaConverter(lambda, name), store: store() };
    return convertLight({ ...lightly, signal: new AbortController().signal }, { plan, run, generation: 1 });
  }
  const manifestIn = async (destination: string) => {
    const body = await store().readSmall(joinUri(layout(destination, batch).published, manifestName));
    const manifest = JSON.parse(body?.toString('utf8') ?? '') as Manifest;
    const { runId, runStartedAt, startedAt, finishedAt, resources, parts, ...same } = manifest;
    return { ...same, parts: parts.map(({ file, rows, bytes, sha256 }) => ({ file, rows, bytes, sha256 })) };
  };

  test('converts to the same bytes as a container', async () => {
    const end = await convert('etl-convert', 's3://clean/by-function');
    expect(end).toMatchObject({ exitCode: 0, memoryMiB: 1769 });
    const container = await bench.start({
      ...environment,
      ...bench.environment('s3://raw/ventas/v.csv', {
        CHUNK_ROWS: '1000',
        DATASET: batch.dataset,
        SOURCE: batch.source,
      }),
      OUTPUT_PREFIX: 's3://clean/by-container',
    }).ended;
    expect(container).toMatchObject({ exitCode: 0 });
    const [byFunction, byContainer] = await Promise.all(
      ['s3://clean/by-function', 's3://clean/by-container'].map(manifestIn),
    );
    expect(byFunction?.parts.map(({ rows }) => rows)).toEqual([1000, 1000, 500]);
    expect(byFunction).toEqual(byContainer);
  });

  test('reports a missing source', async () => {
    const end = await convert('etl-convert', 's3://clean/none', 'ventas/none.csv');
    expect(end).toMatchObject({ exitCode: 66, reason: expect.stringContaining('the object does not exist') });
  });

  test('a function that times out returns no exit code', async () => {
    const hanging = { 'index.js': strToU8('exports.handler = () => new Promise((done) => setTimeout(done, 60000));') };
    await deploy('etl-hanging', hanging, 1);
    const end = await convert('etl-hanging', 's3://clean/late');
    expect(end).toMatchObject({ killedFor: 'timeout', reason: expect.stringMatching(/timed out/i) });
    expect(end.exitCode).toBeUndefined();
  });

  test('a missing function is a configuration error', async () => {
    await expect(convert('etl-none', 's3://clean/none')).rejects.toThrow(
      /etl-none was refused: ResourceNotFoundException/,
    );
  });
});
