import { S3Client } from '@aws-sdk/client-s3';
import { type Calls, clientSettings } from '@etl/pipeline/awsClients';
import type { ObjectStore } from './objectStore';
import { createS3Store } from './s3Store';

/** Opens S3 with the SDK's own environment variables. Requests without a byte for too long are retried; reads resume where they stopped. */
export function openS3Store(calls: Calls = {}): ObjectStore {
  return createS3Store(new S3Client({ ...clientSettings('s3', calls), ...standIn(process.env) }));
}

/** S3 emulators are addressed by path: they have no bucket subdomains. */
function standIn(env: NodeJS.ProcessEnv) {
  const address = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return {
    ...(address && { forcePathStyle: true }),
    ...(address && !env.AWS_REGION && { region: 'us-east-1' }),
  };
}
