import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { s3StoreAt, s3With } from '../support/awsTestClients';
import { Bench } from '../support/container';
import { startMoto } from '../support/moto';
import { readParquet } from '../support/parquet';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

const settings = {
  OUTPUT_PREFIX: 's3://clean-data-lake/lake',
  DATASET: 'ventas',
  SOURCE: 'ventas_2026',
  CHUNK_ROWS: '1000',
};

withMoto('from S3 to S3', () => {
  let stop: () => Promise<void>;
  let s3: S3Client;
  let endpoint: string;
  let bench: Bench;

  beforeAll(async () => {
    ({ endpoint, stop } = await startMoto());
    s3 = await s3With(endpoint, 'raw-data-lake', 'clean-data-lake');
    bench = await Bench.create();
  }, 60_000);
  afterAll(async () => {
    s3.destroy();
    await bench.remove();
    await stop();
  });

  const run = (changes: Record<string, string> = {}) =>
    bench.run('s3://raw-data-lake/ventas/ventas 2026.csv', { ...settings, ...changes }, {}, s3StoreAt(endpoint));
  /** Runs the program as a process, with the SDK's own variables. */
  const runProcess = () =>
    bench.start(
      bench.environment('s3://raw-data-lake/ventas/ventas 2026.csv', {
        ...{ ...settings, AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' },
        ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      }),
    ).ended;
  const put = (rows: number) => {
    const Body = `a,b\n${Array.from({ length: rows }, (_, n) => `${n},ñ${n}`).join('\n')}\n`;
    return s3.send(new PutObjectCommand({ Bucket: 'raw-data-lake', Key: 'ventas/ventas 2026.csv', Body }));
  };
  const keys = async (): Promise<string[]> => {
    const Prefix = 'lake/ventas/';
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'clean-data-lake', Prefix }));
    return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
  };
  const folder = 'batch_date=2026-02-08/source=ventas_2026';

  test('publishes parts, manifest and _SUCCESS, and replaces them with a corrected file with fewer parts', async () => {
    await put(2500);
    expect(await runProcess()).toMatchObject({ exitCode: 0, last: { status: 'committed' } });
    const names = ['_SUCCESS', '_manifest.json', 'part-00001.parquet', 'part-00002.parquet', 'part-00003.parquet'];
    expect(await keys()).toEqual(names.map((name) => `${folder}/${name}`));
    const Key = `lake/ventas/${folder}/part-00003.parquet`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'clean-data-lake', Key }));
    const local = join(bench.folder, 'part.parquet');
    await writeFile(local, (await Body?.transformToByteArray()) ?? '');
    expect((await readParquet(local)).at(-1)).toEqual({ a: 2499n, b: 'ñ2499' });

    expect(await run()).toMatchObject({ exitCode: 0, last: { status: 'already' } });
    await put(1500);
    expect(await run()).toMatchObject({ exitCode: 0, last: { status: 'committed' } });
    expect(await keys()).toEqual([...names.slice(0, 4)].map((name) => `${folder}/${name}`));
  });

  test('reads the keys of all parts from S3', async () => {
    const Body = `a\n${Array.from({ length: 3500 }, (_, n) => n % 3400).join('\n')}\n`;
    await s3.send(new PutObjectCommand({ Bucket: 'raw-data-lake', Key: 'ventas/keys.csv', Body }));
    const rules = [{ metric: 'duplicateValues', column: 'a', level: 'warn' }];
    const { last } = await run({
      ...{ INPUT_FILE: 's3://raw-data-lake/ventas/keys.csv', SOURCE: 'keys' },
      OPTIONS: JSON.stringify({ quality: { rules } }),
    });
    expect(last.manifest?.quality).toMatchObject([{ value: 100, lines: [3402, 3403, 3404, 3405, 3406] }]);
  });

  test('fails for a missing key and for a missing bucket', async () => {
    const none = await run({ INPUT_FILE: 's3://raw-data-lake/none.csv' });
    expect(none.exitCode).toBe(66);
    expect(none.stderr).toContain('s3://raw-data-lake/none.csv');
    expect((await run({ OUTPUT_PREFIX: 's3://no-such-bucket/x' })).exitCode).not.toBe(0);
  });
});
