import { type HeadInspection, inspectHead } from '@etl/pipeline/csv/inspectHead';
import type { SourceIdentity } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { inspectSource } from '@etl/storage/inspectSource';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { readAhead } from '@etl/storage/readAhead';
import { BadDataError, NoInputError } from '../errors';
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
  /** All of a seekable source, as fast as its place can bring it, into that memory if it can: for who only looks at the bytes. */
  scan(onRead: (bytes: number) => void, into: readonly Buffer[]): AsyncGenerator<Buffer>;
}

/** Six streams of about 85 MB/s each bring more than one processor looks at; of a disk one is as fast. */
const ahead = { streams: 6, rangeBytes: 16 * 2 ** 20 } as const;

/**
 * `known`: the head of the source as long as it has this fingerprint, which then is not read. Throws `NoInputError` for a source
 * that is not there, `BadDataError` for one that is not CSV, a `StorageError` of code `SourceChanged` for one that does not have the
 * expected fingerprint.
 */
export async function openSource(
  store: ObjectStore,
  uri: string,
  options: Options,
  known?: { readonly head: HeadInspection; readonly fingerprint: string },
  expectedFingerprint?: string,
): Promise<Source> {
  const info = await store.head(uri);
  if (!info) throw new NoInputError(`${uri}: there is no such object`);
  const { bytes, fingerprint } = info;
  if (expectedFingerprint !== undefined && fingerprint !== expectedFingerprint) {
    throw new StorageError('SourceChanged', uri, 'the source is not the one that was validated: it was replaced since');
  }
  const head = known?.fingerprint === fingerprint ? known.head : await inspectSource(store, info, options, inspectHead);
  if (head.problems.length > 0) throw new BadDataError(`${uri}: ${head.problems.join('; ')}`);
  let total = 0;
  const seekable = head.compression === 'none' && head.encoding === 'utf-8';
  const note = (onRead: (bytes: number) => void) => (read: number, more: number) => {
    total += more;
    onRead(read);
  };
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
      const stored = counted(range.start, () => store.openRead(uri, range), note(onRead));
      return from === undefined ? decode(stored, head) : stored;
    },
    scan: (onRead, into) => {
      const range = { ifMatch: fingerprint, start: 0, end: bytes };
      const open = async () =>
        uri.startsWith('s3:')
          ? readAhead(store, uri, range, ahead)
          : store.openRead(uri, { ...range, transient: true, into });
      return decode(counted(0, open, note(onRead)), head);
    },
  };
}

async function* counted(
  start: number,
  open: () => Promise<AsyncIterable<Buffer>>,
  onRead: (bytes: number, more: number) => void,
): AsyncGenerator<Buffer> {
  let read = start;
  for await (const piece of await open()) {
    read += piece.length;
    onRead(read, piece.length);
    yield piece;
  }
}
