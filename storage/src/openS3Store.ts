import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from './objectStore';
import { createS3Store } from './s3Store';

/** Timeout of an idle socket. The SDK has none by default. */
const socketTimeoutSeconds = 60;

/** Opens S3 with the SDK's standard variables. Requests that time out are retried; reads resume where they stopped. */
export function openS3Store(timeoutSeconds = socketTimeoutSeconds): ObjectStore {
  const timeouts = { connectionTimeout: 5_000, socketTimeout: timeoutSeconds * 1000 };
  return createS3Store(new S3Client({ requestHandler: timeouts, ...s3Options(process.env) }));
}

/** S3 emulators are addressed by path: they have no bucket subdomains. */
function s3Options(env: NodeJS.ProcessEnv) {
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return {
    maxAttempts: 5,
    ...(endpoint && { forcePathStyle: true }),
    ...(endpoint && !env.AWS_REGION && { region: 'us-east-1' }),
  };
}
