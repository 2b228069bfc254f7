import { S3Client } from '@aws-sdk/client-s3';
import { createFileStore } from './fileStore';
import { type ObjectStore, StorageError } from './objectStore';
import { createS3Store } from './s3Store';

/** One store for both kinds of URI. S3 is set up at the first `s3://`, from the SDK's own variables. */
export function openStore(
  files: ObjectStore = createFileStore(),
  openS3: () => ObjectStore = openS3Store,
): ObjectStore {
  let s3: ObjectStore | undefined;
  const of = (uri: string): ObjectStore => {
    if (!uri.startsWith('s3://')) return files;
    s3 ??= openS3();
    return s3;
  };
  return {
    head: (uri) => of(uri).head(uri),
    openRead: (uri, range) => of(uri).openRead(uri, range),
    readSmall: (uri) => of(uri).readSmall(uri),
    write: (uri, body) => of(uri).write(uri, body),
    writeIfAbsent: (uri, body) => of(uri).writeIfAbsent(uri, body),
    upload: (path, uri) => of(uri).upload(path, uri),
    copy: async (from, to) => {
      if (of(from) !== of(to))
        throw new StorageError('NotFound', to, `${from} lies in another kind of store: upload it`);
      await of(from).copy(from, to);
    },
    list: (prefix) => of(prefix).list(prefix),
    remove: (uri) => of(uri).remove(uri),
    removeUnfinished: (prefix, before) => of(prefix).removeUnfinished(prefix, before),
  };
}

/** How long a connection may be silent. Without it an answer that never comes is waited for without end. */
const silenceSeconds = 60;

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
