import type { HeadInspection } from '@etl/pipeline/csv/inspectHead';
import type { SourceIdentity } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { inspectSource } from '@etl/storage/inspectSource';
import type { ObjectStore, ReadOptions } from '@etl/storage/objectStore';
import { BadDataError, NoInputError } from '../config/failures';
import { decode } from './decode';

/** A source that was looked at: what it is, how to read it, and its decoded bytes as often as they are asked for. */
export interface Source {
  readonly identity: SourceIdentity;
  readonly head: HeadInspection;
  /** Whether reading may begin anywhere: the stored bytes are the decoded ones. */
  readonly seekable: boolean;
  /** Stored bytes in front of the decoded ones, where these are the same. */
  readonly firstByte: number;
  /** More bytes than that cannot come out; unknown (infinite) of a compressed source. */
  readonly mostBytes: number;
  /** Stored bytes that were read until now, some perhaps more than once. */
  bytesRead(): number;
  /** `onRead` is told how many of the stored bytes are behind it. `from`, `to`: for a seekable source, where to begin and to end. */
  read(onRead: (bytes: number) => void, from?: number, to?: number): AsyncGenerator<Buffer>;
}

/**
 * `known`: the head of the source as long as it has this fingerprint, which then is not read. Throws `NoInputError` for a source
 * that is not there, `BadDataError` for one that is no CSV.
 */
export async function openSource(
  store: ObjectStore,
  uri: string,
  options: Options,
  known?: { readonly head: HeadInspection; readonly fingerprint: string },
): Promise<Source> {
  const info = await store.head(uri);
  if (!info) throw new NoInputError(`${uri}: there is no such object`);
  const { bytes, fingerprint } = info;
  const head = known?.fingerprint === fingerprint ? known.head : await inspectSource(store, info, options);
  if (head.problems.length > 0) throw new BadDataError(`${uri}: ${head.problems.join('; ')}`);
  let total = 0;
  const seekable = head.compression === 'none' && head.encoding === 'utf-8';
  return {
    identity: { uri, bytes, fingerprint },
    head,
    seekable,
    firstByte: seekable ? head.bomBytes : 0,
    // One byte of another encoding becomes up to three of UTF-8.
    mostBytes: head.compression === 'none' ? bytes * (seekable ? 1 : 3) : Number.POSITIVE_INFINITY,
    bytesRead: () => total,
    read: (onRead, from, to) => {
      const end = to === undefined ? {} : { end: to };
      const range = { ifMatch: fingerprint, start: from ?? 0, ...end, transient: seekable };
      const stored = counted(store, uri, range, (bytes, more) => {
        total += more;
        onRead(bytes);
      });
      return from === undefined ? decode(stored, head) : stored;
    },
  };
}

async function* counted(
  store: ObjectStore,
  uri: string,
  range: ReadOptions & { readonly start: number },
  onRead: (bytes: number, more: number) => void,
): AsyncGenerator<Buffer> {
  let read = range.start;
  for await (const piece of await store.openRead(uri, range)) {
    const { length } = piece as Buffer;
    read += length;
    onRead(read, length);
    yield piece as Buffer;
  }
}
