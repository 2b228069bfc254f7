import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Manifest } from '@etl/pipeline/manifest';
import { s3StoreAt, s3With } from '../../support/awsTestClients';
import { Bench } from '../../support/container';
import { type FaultyProxy, noFault, startFaultyProxy } from '../../support/faultyProxy';
import { startMoto } from '../../support/moto';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

withMoto('from S3 to S3', () => {
  let stop: () => Promise<void>;
  let s3: S3Client;
  let proxy: FaultyProxy;
  let bench: Bench;
  const reads: { readonly range: string; readonly ifMatch: string | undefined }[] = [];

  beforeAll(async () => {
    const moto = await startMoto();
    ({ stop } = moto);
    s3 = await s3With(moto.endpoint, 'raw', 'clean');
    proxy = await startFaultyProxy(moto.endpoint, ({ method, url = '', headers }) => {
      const ofSource = method === 'GET' && url.startsWith('/raw/in.csv');
      if (ofSource) reads.push({ range: String(headers.range), ifMatch: headers['if-match'] });
      return noFault;
    });
    bench = await Bench.create();
  }, 60_000);
  afterAll(async () => {
    s3.destroy();
    await bench.remove();
    await proxy.close();
    await stop();
  });

  const run = async (changes: Record<string, string>) => {
    reads.length = 0;
    const settings = { CHUNK_ROWS: '1000', RUN_STARTED_AT: '2026-02-08T01:00:00Z', RUN_ID: 'r' };
    const environment = { OUTPUT_PREFIX: 's3://clean/lake', ...settings, ...changes };
    const end = await bench.run('s3://raw/in.csv', environment, {}, s3StoreAt(proxy.endpoint));
    if (end.exitCode !== 0) throw new Error(`exit code ${end.exitCode}: ${end.stderr}`);
    return { ...end, ranges: reads.map(({ range }) => (/^bytes=(\d+)-(\d+)$/.exec(range) ?? []).slice(1).map(Number)) };
  };

  test('shards read only their ranges of the source, in the indexed version', async () => {
    const rows = Array.from({ length: 6_000 }, (_, n) => `${n},"ñ\n${n}"`).join('\n');
    const body = Buffer.from(`a,b\n${rows}\n`);
    const put = await s3.send(new PutObjectCommand({ Bucket: 'raw', Key: 'in.csv', Body: body }));
    const alone = await run({ DATASET: 'alone' });
    await run({ MODE: 'index' });
    const index = 's3://clean/lake/_etl/d/2026-02-08/s/work/r-1/index.json';
    const all: number[][] = [];
    for (const number of [1, 2, 3]) {
      const { ranges } = await run({ MODE: 'shard', SHARD: `${number}/3`, SHARD_INDEX: index, RUN_ID: `s${number}` });
      expect(reads.map(({ ifMatch }) => ifMatch)).toEqual(reads.map(() => put.ETag));
      all.push(...ranges);
    }
    // One request each, contiguous, after the header: no byte is read twice.
    expect(all).toHaveLength(3);
    expect(all.map(([start]) => start)).toEqual([4, ...all.slice(0, 2).map(([, end = 0]) => end + 1)]);
    expect(all[2]?.[1]).toBe(body.length - 1);
    const done = await run({ MODE: 'commit', GENERATION: '2', SHARDS: '3', SHARD_INDEX: index });
    expect(reads).toEqual([]);
    const shas = (manifest?: Manifest) => manifest?.parts.map(({ file, sha256 }) => `${file} ${sha256}`);
    expect(shas(done.last.manifest)).toHaveLength(6);
    expect(shas(done.last.manifest)).toEqual(shas(alone.last.manifest));
    const Key = 'lake/d/batch_date=2026-02-08/source=s/_SUCCESS';
    await s3.send(new GetObjectCommand({ Bucket: 'clean', Key }));
  }, 120_000);
});
