import { ListMultipartUploadsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type BatchLayout, layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { createS3Store } from '@etl/storage/s3Store';
import { look } from '../../../storage/support/batches';
import { clientConfig, s3StoreAt, s3With } from '../../../support/awsTestClients';
import { Bench, type ContainerRun } from '../../../support/container';
import { type Decide, startFaultyProxy } from '../../../support/faultyProxy';
import { startMoto } from '../../../support/moto';
import { deliverHere } from './inProcess';

/** moto with a direct connection for the test, and a connection with faults for each container. */
export async function startBucket() {
  const moto = await startMoto();
  (await s3With(moto.endpoint, 'raw', 'lake')).destroy();
  // moto returns the checksum of checksums of a multipart object as that of the body. The test compares the manifest's
  // SHA-256.
  const s3 = new S3Client({
    ...{ ...clientConfig(moto.endpoint), forcePathStyle: true, responseChecksumValidation: 'WHEN_REQUIRED' },
  });
  const bench = await Bench.create();
  const store = createS3Store(s3);
  const placeOf = (dataset: string): BatchLayout =>
    layout('s3://lake/x', { dataset, batchDate: '2026-02-08', source: 's' });
  const environment = (dataset: string, changes: Record<string, string>) => ({
    ...{ OUTPUT_PREFIX: 's3://lake/x', DATASET: dataset, RUN_ID: 'run', RUN_STARTED_AT: '2026-02-08T02:00:00Z' },
    ...{ CHUNK_ROWS: '20', ...changes },
  });
  const uriOf = (dataset: string): string => `s3://raw/${dataset}.csv`;
  return {
    /** Runs an undisturbed launch in this process. Throws its errors. */
    deliver: (dataset: string, changes: Record<string, string> = {}) =>
      deliverHere(bench, uriOf(dataset), environment(dataset, changes), {}, store),
    /** Launches a container in this process that reaches S3 through a connection with faults. */
    run: async (dataset: string, decide: Decide, changes: Record<string, string> = {}): Promise<ContainerRun> => {
      const proxy = await startFaultyProxy(moto.endpoint, decide);
      const open = s3StoreAt(proxy.endpoint);
      return bench.run(uriOf(dataset), environment(dataset, changes), {}, open).finally(() => proxy.close());
    },
    /** Starts a container as a process that reaches S3 through a connection with faults. */
    start: async (dataset: string, decide: Decide, changes: Record<string, string> = {}) => {
      const proxy = await startFaultyProxy(moto.endpoint, decide);
      const env = bench.environment(uriOf(dataset), {
        ...environment(dataset, changes),
        ...{ AWS_ENDPOINT_URL: proxy.endpoint, AWS_REGION: 'us-east-1' },
        ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      });
      const { child, ended } = bench.start(env);
      return { child, ended: ended.finally(() => proxy.close()) };
    },
    put: (dataset: string, Body: string | Buffer) =>
      s3.send(new PutObjectCommand({ Bucket: 'raw', Key: `${dataset}.csv`, Body })),
    /** Returns the batch that a careful reader sees; `unread` without one. Throws for a mixture. */
    seen: async (dataset: string): Promise<string> => {
      const looked = await look(store, placeOf(dataset));
      return looked === 'unread' ? looked : looked.runId;
    },
    commits: async (dataset: string): Promise<Manifest[]> => {
      const found: Manifest[] = [];
      for await (const { uri } of store.list(placeOf(dataset).commits)) {
        found.push(JSON.parse(String(await store.readSmall(uri))) as Manifest);
      }
      return found;
    },
    openUploads: async (dataset: string): Promise<string[]> => {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }));
      return Uploads.flatMap(({ Key = '' }) => (Key.includes(`/${dataset}/`) ? [Key] : []));
    },
    stop: async () => {
      s3.destroy();
      await bench.remove();
      await moto.stop();
    },
  };
}

export type Bucket = Awaited<ReturnType<typeof startBucket>>;
