import { randomBytes } from 'node:crypto';
import type { Manifest } from '@etl/pipeline/manifest';
import { Bench } from '../../support/container';
import { noFault as none } from '../../support/faultyProxy';
import { shas } from './support/batch';
import { type Bucket, startBucket } from './support/bucket';
import { deliverHere } from './support/inProcess';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

/** Incompressible text: parts of about 9 MB, which are uploaded in pieces of 8 MiB. */
const rows = 700;
const lines = Array.from({ length: 2 * rows }, (_, n) => `${n},${randomBytes(6500).toString('hex')}\n`);
const csv = Buffer.from(`n,text\n${lines.join('')}`);
const settings = { CHUNK_ROWS: String(rows) };

withMoto('a container that is killed in the middle of a multipart upload', () => {
  let bucket: Bucket;
  let undisturbed: Manifest;
  beforeAll(async () => {
    bucket = await startBucket();
    // On files, which is faster: the parts do not depend on the store.
    const bench = await Bench.create();
    undisturbed = (await deliverHere(bench, await bench.file('whole.csv', csv), settings)).manifest;
    await bench.remove();
  }, 60_000);
  afterAll(() => bucket.stop());

  test.each([
    ['the first part', 'part-00001', 0],
    ['the second part, after the first one is resumed', 'part-00002', 1],
  ])('%s: no upload is left after the next generation succeeds', async (_what, part, reused) => {
    const dataset = `killed-${part.slice(-1)}`;
    await bucket.put(dataset, csv);
    let kill = () => {};
    const killed = await bucket.start(
      dataset,
      ({ method, url = '' }) => {
        // At the second piece, so that the upload has a first one.
        if (method === 'PUT' && url.includes(`${part}.parquet`) && url.includes('partNumber=2')) kill();
        return none;
      },
      settings,
    );
    kill = () => void killed.child.kill('SIGKILL');
    expect((await killed.ended).exitCode).toBeNull();
    expect(await bucket.openUploads(dataset)).toEqual([expect.stringContaining(`${part}.parquet`)]);
    const { status, manifest } = await bucket.deliver(dataset, { ...settings, GENERATION: '2' });
    expect([status, await bucket.seen(dataset)]).toEqual(['committed', 'run']);
    expect(shas(manifest)).toEqual(shas(undisturbed));
    const uploads = await bucket.openUploads(dataset);
    expect({ reused: manifest.reused, uploads }).toEqual({ reused, uploads: [] });
  });
});
