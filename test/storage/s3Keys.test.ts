import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3Store } from '@etl/storage/s3Store';
import { clientConfig, s3With } from '../support/awsTestClients';
import { type Moto, startMoto } from '../support/moto';

const withMoto = process.env.ETL_TEST_MOTO ? describe : describe.skip;

/** Keys that S3 accepts, with characters that XML or a URI cannot represent. */
const keys = ['a\u0001b.csv', 'a\u000bb.csv', 'a b+c%20d&<e>.csv', 'x//y.csv', '/lead.csv', 'dir/', 'ñandú \ufffe.csv'];

withMoto('keys of S3 that are not plain names', () => {
  let moto: Moto;
  let client: S3Client;
  beforeAll(async () => {
    moto = await startMoto({ MOTO_S3_DEFAULT_MAX_KEYS: '2' });
    client = await s3With(moto.endpoint, 'lake');
    for (const key of keys) await client.send(new PutObjectCommand({ Bucket: 'lake', Key: `p/${key}`, Body: key }));
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  test('every key is listed unchanged, over several pages, and found by name', async () => {
    const store = createS3Store(client);
    const listed: string[] = [];
    for await (const { uri } of store.list('s3://lake/p')) listed.push(uri);
    expect(listed.sort()).toEqual(keys.map((key) => `s3://lake/p/${key}`).sort());
    for (const uri of listed) expect((await store.head(uri))?.bytes).toBeGreaterThan(0);
  });
});

test('requests keys in the form encoding of S3, in which + is a space', async () => {
  const asked: (string | null)[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(new URL(url, 'http://s3').searchParams.get('encoding-type'));
    const contents = ['p/a%01b+c%2Bd%25.csv', 'p/%C3%B1.csv'].map((key) => `<Contents><Key>${key}</Key></Contents>`);
    response.end(
      `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType>${contents.join('')}</ListBucketResult>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({ ...clientConfig(`http://127.0.0.1:${port}`), forcePathStyle: true });
  try {
    const listed: string[] = [];
    for await (const { uri } of createS3Store(client).list('s3://lake/p')) listed.push(uri);
    expect(listed).toEqual(['s3://lake/p/a\u0001b c+d%.csv', 's3://lake/p/ñ.csv']);
    expect(asked).toEqual(['url']);
  } finally {
    client.destroy();
    server.close();
  }
});
