import type { Calls } from '@etl/pipeline/awsClients';
import { createFileStore } from './fileStore';
import { type ObjectStore, StorageError } from './objectStore';

/** Loads the AWS SDK and opens S3. Loading takes longer than converting a small file, so it happens on first use. */
export function loadS3Store(calls?: Calls): ObjectStore {
  const { openS3Store } = require('./openS3Store') as typeof import('./openS3Store');
  return openS3Store(calls);
}

/** Opens a store for both kinds of URI. Opens S3 at the first `s3://` URI, with the SDK's standard variables. */
export function openStore(
  files: ObjectStore = createFileStore(),
  openS3: () => ObjectStore = () => loadS3Store(),
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
      if (of(from) !== of(to)) throw new StorageError('NotFound', to, `${from} is in another kind of store: upload it`);
      await of(from).copy(from, to);
    },
    list: (prefix, options) => of(prefix).list(prefix, options),
    remove: (uri) => of(uri).remove(uri),
    removeUnfinished: (prefix, before) => of(prefix).removeUnfinished(prefix, before),
  };
}
