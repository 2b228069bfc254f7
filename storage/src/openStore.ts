import { S3Client } from '@aws-sdk/client-s3';
import { createFileStore } from './fileStore';
import { type ObjectStore, StorageError } from './objectStore';
import { createS3Store } from './s3Store';

/** One store for both kinds of URI. S3 is set up at the first `s3://`, from the SDK's own variables. */
export function openStore(
  files: ObjectStore = createFileStore(),
  openS3: () => ObjectStore = () => createS3Store(new S3Client(s3Options(process.env))),
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

/** Without these an answer that never comes is waited for without end; reads are taken up again where they stopped. */
const timeouts = { connectionTimeout: 5_000, socketTimeout: 60_000 };

/** Stand-ins for S3 are addressed by path: they have no bucket subdomains. */
function s3Options(env: NodeJS.ProcessEnv) {
  const standIn = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return {
    requestHandler: timeouts,
    maxAttempts: 5,
    ...(standIn && { forcePathStyle: true }),
    ...(standIn && !env.AWS_REGION && { region: 'us-east-1' }),
  };
}
