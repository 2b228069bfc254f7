import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from './objectStore';
import { createS3Store } from './s3Store';

/** Time without a byte after which a request is retried. Without a limit, a lost answer is awaited forever. */
export const silenceSeconds = 60;

/** S3 as the SDK's own variables say. Requests that are silent for too long are sent again, reads go on where they stopped. */
export function openS3Store(timeoutSeconds = silenceSeconds): ObjectStore {
  const timeouts = { connectionTimeout: 5_000, socketTimeout: timeoutSeconds * 1000 };
  return createS3Store(new S3Client({ requestHandler: timeouts, ...s3Options(process.env) }));
}

/** Stand-ins for S3 are addressed by path: they have no bucket subdomains. */
function s3Options(env: NodeJS.ProcessEnv) {
  const standIn = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return {
    maxAttempts: 5,
    ...(standIn && { forcePathStyle: true }),
    ...(standIn && !env.AWS_REGION && { region: 'us-east-1' }),
  };
}
