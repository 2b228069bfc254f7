import { randomBytes } from 'node:crypto';
import type { Manifest } from '@etl/pipeline/manifest';
import { Bench } from '../../support/container';
import { noFault as none } from '../../support/faultyProxy';
import { shas } from './support/batch';
import { type Bucket, startBucket } from './support/bucket';
import { deliverHere } from './support/inProcess';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

const rows = 700;
/** Incompressible text: a part of about 9 MB, which is uploaded in pieces of 8 MiB. */
const long = Array.from({ length: rows }, (_, n) => `${n},${randomBytes(6500).toString('hex')}\n`).join('');
const short = Array.from({ length: rows }, (_, n) => `${n},${n}x\n`).join('');
const settings = { CHUNK_ROWS: String(rows) };

/** Returns the manifest of an undisturbed launch. On files, which is faster: the parts do not depend on the store. */
async function undisturbed(csv: string): Promise<Manifest> {
  const bench = await Bench.create();
  const { manifest } = await deliverHere(bench, await bench.file('whole.csv', csv), settings);
  await bench.remove();
  return manifest;
}

withMoto('a container that is killed in the middle of a multipart upload', () => {
  let bucket: Bucket;
  beforeAll(async () => {
    bucket = await startBucket();
  }, 60_000);
  afterAll(() => bucket.stop());

  test.each([
    ['the first part', 'part-00001', `n,text\n${long}`, 0],
    ['the second part, after the first one is resumed', 'part-00002', `n,text\n${short}${long}`, 1],
  ])('%s: no upload is left after the next generation succeeds', async (_what, part, csv, reused) => {
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
    expect(shas(manifest)).toEqual(shas(await undisturbed(csv)));
    const uploads = await bucket.openUploads(dataset);
    expect({ reused: manifest.reused, uploads }).toEqual({ reused, uploads: [] });
  });
});
