import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientSettings } from '@etl/pipeline/awsClients';
import type { loadS3Store } from '@etl/storage/openStore';
import { createS3Store } from '@etl/storage/s3Store';

/** Configuration of an AWS client for a stand-in. */
export function clientConfig(endpoint: string) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { endpoint, region: 'us-east-1', credentials, maxAttempts: 2 };
}

/** Returns a client with path-style addresses, since a stand-in has no bucket subdomains, and creates the buckets. */
export async function s3With(endpoint: string, ...buckets: string[]): Promise<S3Client> {
  const client = new S3Client({ ...clientConfig(endpoint), forcePathStyle: true });
  for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  return client;
}

/** Opens the store of a container that is launched in this process, with the container's timeouts and attempts. */
export const s3StoreAt =
  (endpoint: string): typeof loadS3Store =>
  (calls) =>
    createS3Store(new S3Client({ ...clientConfig(endpoint), forcePathStyle: true, ...clientSettings('s3', calls) }));
