import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { createS3Store } from '@etl/storage/s3Store';
import { s3With } from '../support/awsTestClients';
import { type Fault, type FaultyProxy, noFault as none, refusal, startFaultyProxy } from '../support/faultyProxy';
import { type Moto, startMoto } from '../support/moto';

const describeS3 = process.env.ETL_TEST_MOTO ? describe : describe.skip;

describeS3('S3 behind a connection that breaks', () => {
  let moto: Moto;
  let proxy: FaultyProxy;
  let client: S3Client;
  let fault: (incoming: IncomingMessage) => Fault = () => none;
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

  beforeAll(async () => {
    // Pages of twenty objects; those of S3 have a thousand.
    moto = await startMoto({ MOTO_S3_DEFAULT_MAX_KEYS: '20' });
    proxy = await startFaultyProxy(moto.endpoint, (incoming) => fault(incoming));
    client = await s3With(proxy.endpoint, 'lake');
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    await proxy.close();
    await moto.stop();
  });
  beforeEach(() => {
    fault = () => none;
    proxy.requests.length = 0;
  });
  const store = () => createS3Store(client);
  const gets = () => proxy.requests.filter((line) => line.startsWith('GET')).length;
  const isGet = (incoming: IncomingMessage) => incoming.method === 'GET';
  const openUploads = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }))).Uploads ?? [];
  const readAll = async (uri: string, range = {}) => {
    const pieces: Buffer[] = [];
    for await (const piece of await store().openRead(uri, range)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };

  test('resumes a read at the byte where its stream broke', async () => {
    await store().write('s3://lake/source', body);
    let cuts = 4;
    fault = (incoming) => (isGet(incoming) && cuts-- > 0 ? { kind: 'cutAfter', bytes: 50_000 } : none);
    expect((await readAll('s3://lake/source', { start: 10 })).equals(body.subarray(10))).toBe(true);
    expect(gets()).toBe(5);
  });

  test('fails when an object is replaced between two pieces of a read', async () => {
    await store().write('s3://lake/changing', body);
    const direct = await s3With(moto.endpoint);
    let cuts = 1;
    fault = (incoming) => (isGet(incoming) && cuts-- > 0 ? { kind: 'cutAfter', bytes: 1000 } : none);
    const stream = await store().openRead('s3://lake/changing');
    const reading = (async () => {
      let bytes = 0;
      for await (const piece of stream) {
        if (bytes === 0) await createS3Store(direct).write('s3://lake/changing', Buffer.alloc(300_000, 1));
        bytes += (piece as Buffer).length;
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'SourceChanged' });
    direct.destroy();
  });

  test('fails a read that breaks repeatedly without progress', async () => {
    await store().write('s3://lake/hopeless', body);
    fault = (incoming) => (isGet(incoming) ? { kind: 'answer', status: 206, body: '' } : none);
    await expect(readAll('s3://lake/hopeless')).rejects.toMatchObject({ code: 'Unavailable' });
  });

  test('does not retry an error of the reader', async () => {
    await store().write('s3://lake/source', body);
    const stream = await store().openRead('s3://lake/source');
    const failed = (async () => {
      for await (const piece of stream) stream.destroy(new Error(`enough after ${(piece as Buffer).length > 0}`));
    })();
    await expect(failed).rejects.toThrow('enough after true');
    expect(gets()).toBe(1);
  });

  test('writeIfAbsent recognizes its own bytes after a lost response', async () => {
    let losses = 1;
    fault = (incoming) => (incoming.method === 'PUT' && losses-- > 0 ? { kind: 'loseAnswer' } : none);
    expect(await store().writeIfAbsent('s3://lake/lost', 'mine')).toBe(true);
    expect(proxy.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
    losses = 0;
    expect(await store().writeIfAbsent('s3://lake/lost', 'mine')).toBe(false);
  });

  test('retries a conflict, and finally reports it', async () => {
    let conflicts = 2;
    const conflict = refusal(409, 'ConditionalRequestConflict');
    fault = (incoming) => (incoming.method === 'PUT' && conflicts-- > 0 ? conflict : none);
    expect(await store().writeIfAbsent('s3://lake/conflict', 'mine')).toBe(true);
    fault = (incoming) => (incoming.method === 'PUT' ? conflict : none);
    await expect(store().writeIfAbsent('s3://lake/conflict2', 'mine')).rejects.toMatchObject({ code: 'Unavailable' });
  });

  test('fetches the reason of a denied HEAD with a GET', async () => {
    fault = () => refusal(403, 'InvalidAccessKeyId');
    await expect(store().head('s3://lake/x')).rejects.toMatchObject({ code: 'Credentials', uri: 's3://lake/x' });
    await expect(store().openRead('s3://lake/x')).rejects.toMatchObject({ code: 'Credentials' });
    fault = () => refusal(400, 'ExpiredToken');
    await expect(store().head('s3://lake/x')).rejects.toMatchObject({
      code: 'Credentials',
      remedy: 'Renew the credentials',
    });
    fault = () => refusal(403, 'AccessDenied');
    await expect(store().head('s3://lake/x')).rejects.toMatchObject({ code: 'AccessDenied' });
    fault = () => refusal(301, 'PermanentRedirect');
    await expect(store().head('s3://lake/x')).rejects.toMatchObject({
      ...{ code: 'Misconfigured', message: expect.stringContaining('another region') },
    });
  });

  test('maps access denied and an unknown bucket', async () => {
    fault = () => refusal(403, 'AccessDenied');
    await expect(store().write('s3://lake/x', 'x')).rejects.toMatchObject({ code: 'AccessDenied', uri: 's3://lake/x' });
    fault = () => none;
    await expect(store().write('s3://no-such-bucket/x', 'x')).rejects.toMatchObject({
      ...{ code: 'NoSuchBucket', message: 'the bucket does not exist' },
    });
  });

  test('a failed upload leaves neither an object nor parts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'etl-upload-'));
    try {
      await writeFile(join(folder, 'big'), Buffer.alloc(20 * 1024 * 1024, 7));
      fault = (incoming) => (incoming.url?.includes('partNumber=3') ? refusal(403, 'AccessDenied') : none);
      await expect(store().upload(join(folder, 'big'), 's3://lake/big')).rejects.toMatchObject({
        code: 'AccessDenied',
      });
      fault = () => none;
      expect(await store().head('s3://lake/big')).toBeUndefined();
      expect(await openUploads()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('copies in parts above the limit of CopyObject; a failed copy leaves none', async () => {
    // S3 requires parts of at least 5 MiB.
    const large = Buffer.alloc(12 * 1024 * 1024, 'abc');
    const inParts = createS3Store(client, { singleBytes: 1024, partBytes: 5 * 1024 * 1024 });
    await inParts.write('s3://lake/large', large);
    await inParts.copy('s3://lake/large', 's3://lake/copied');
    expect((await readAll('s3://lake/copied')).equals(large)).toBe(true);
    expect(proxy.requests.filter((line) => line.includes('partNumber='))).toHaveLength(3);
    fault = (incoming) => (incoming.url?.includes('partNumber=2') ? refusal(403, 'AccessDenied') : none);
    await expect(inParts.copy('s3://lake/large', 's3://lake/failed')).rejects.toMatchObject({ code: 'AccessDenied' });
    fault = () => none;
    expect(await store().head('s3://lake/failed')).toBeUndefined();
    expect(await openUploads()).toEqual([]);
  });

  test('lists several pages', async () => {
    const names = Array.from({ length: 45 }, (_, i) => `s3://lake/many/${String(i).padStart(5, '0')}`);
    await Promise.all(names.map((uri) => store().write(uri, '')));
    const listed: string[] = [];
    for await (const { uri } of store().list('s3://lake/many')) listed.push(uri);
    expect(gets()).toBe(3);
    expect(listed).toEqual(names);
  });
});
