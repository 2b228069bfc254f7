import { type HeadInspection, headBytes, inspectHead } from '@etl/pipeline/csv/inspectHead';
import type { SourceIdentity } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { BadDataError } from '../config/failures';
import { decode } from './decode';

/** A source that was looked at: what it is, how to read it, and its decoded bytes as often as they are asked for. */
export interface Source {
  readonly identity: SourceIdentity;
  readonly head: HeadInspection;
  /** `onRead` is told the stored bytes read so far. */
  read(onRead: (bytes: number) => void): AsyncGenerator<Buffer>;
}

/** Throws `StorageError` for a source that is not there, `BadDataError` for one that is no CSV. */
export async function openSource(store: ObjectStore, uri: string, options: Options): Promise<Source> {
  const info = await store.head(uri);
  if (!info) throw new StorageError('NotFound', uri, 'there is no such object');
  const { bytes, fingerprint } = info;
  const pieces: Buffer[] = [];
  const end = Math.min(bytes, headBytes);
  for await (const piece of await store.openRead(uri, { start: 0, end, ifMatch: fingerprint })) {
    pieces.push(piece as Buffer);
  }
  const head = inspectHead(Buffer.concat(pieces), { ...options, complete: bytes <= headBytes });
  if (head.problems.length > 0) throw new BadDataError(`${uri}: ${head.problems.join('; ')}`);
  return {
    identity: { uri, bytes, fingerprint },
    head,
    read: (onRead) => decode(counted(store, uri, fingerprint, onRead), head),
  };
}

async function* counted(
  store: ObjectStore,
  uri: string,
  ifMatch: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of await store.openRead(uri, { ifMatch })) {
    read += (piece as Buffer).length;
    onRead(read);
    yield piece as Buffer;
  }
}
