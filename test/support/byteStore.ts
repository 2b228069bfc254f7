import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  type ByteRange,
  type ListedObject,
  type ObjectStore,
  type ReadOptions,
  StorageError,
} from '@etl/storage/objectStore';

/** Size of a piece of a stream, as of the store of files. */
const pieceBytes = 2 * 1024 * 1024;

/**
 * Creates a store of bytes in memory, for suites of many small conversions: files that are created, synced and listed
 * cost more than a conversion. Use `s3://` URIs, because a batch on `file://` is published by moving folders.
 */
export function createByteStore(): ObjectStore {
  const objects = new Map<string, ListedObject & { readonly body: Buffer }>();
  let writes = 0;
  const put = (uri: string, body: Buffer | string) => {
    const bytes = Buffer.from(body);
    objects.set(uri, { uri, bytes: bytes.length, fingerprint: String(++writes), modifiedAt: new Date(), body: bytes });
  };
  const get = (uri: string) => {
    const found = objects.get(uri);
    if (found) return found;
    throw new StorageError('NotFound', uri, 'the object does not exist');
  };
  return {
    head: async (uri) => objects.get(uri),
    openRead: async (uri, { ifMatch, into, ...range }: ReadOptions = {}) => {
      const { body, fingerprint } = get(uri);
      if (ifMatch !== undefined && ifMatch !== fingerprint) throw new StorageError('SourceChanged', uri, 'has changed');
      return Readable.from(pieces(body, range, into));
    },
    readSmall: async (uri) => objects.get(uri)?.body,
    write: async (uri, body) => put(uri, body),
    writeIfAbsent: async (uri, body) => {
      if (objects.has(uri)) return false;
      put(uri, body);
      return true;
    },
    upload: async (path, uri) => put(uri, await readFile(path)),
    copy: async (from, to) => put(to, get(from).body),
    async *list(prefix, { after = '' } = {}) {
      const found = [...objects.values()].filter(({ uri }) => uri.startsWith(`${prefix}/`) && uri > after);
      yield* found.sort((a, b) => (a.uri < b.uri ? -1 : 1));
    },
    remove: async (uri) => void objects.delete(uri),
    removeUnfinished: async () => undefined,
  };
}

/** Yields the bytes of a range. Like the store of files, reuses the buffers of transient pieces. */
function* pieces(body: Buffer, { start = 0, end = body.length }: ByteRange, into: readonly Buffer[] = []) {
  const size = into[0]?.length ?? pieceBytes;
  let turn = 0;
  for (let at = start; at < Math.min(end, body.length); at += size) {
    const piece = body.subarray(at, Math.min(at + size, end));
    const buffer = into[turn++ % into.length];
    if (buffer) piece.copy(buffer);
    yield buffer ? buffer.subarray(0, piece.length) : Buffer.from(piece);
  }
}
