import { type HeadInspection, inspectHead } from '@etl/pipeline/csv/inspectHead';
import type { SourceIdentity } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import { inspectSource } from '@etl/storage/inspectSource';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { readAhead } from '@etl/storage/readAhead';
import { BadDataError, NoInputError } from '../errors';
import { decode } from './decode';

/** An inspected source: its identity, its dialect, and its decoded bytes, which can be read repeatedly. */
export interface Source {
  readonly identity: SourceIdentity;
  readonly head: HeadInspection;
  /** Whether reading can begin at any byte: the stored bytes equal the decoded ones. */
  readonly seekable: boolean;
  /** Bytes before the table: the byte order mark of a seekable source, and the declared preamble. */
  readonly firstByte: number;
  /** Upper bound of the decoded bytes; infinite for a compressed source. */
  readonly maxBytes: number;
  /** Returns the number of stored bytes read so far, including repeated reads. */
  bytesRead(): number;
  /**
   * Returns the number of stored bytes before a byte of the decoded source that the last `read` has returned; an estimate
   * for a compressed or re-encoded source.
   */
  storedBytes(decodedByte: number): number;
  /** Reads the decoded bytes after the preamble. `from`, `to`: byte range of a seekable source. */
  read(from?: number, to?: number): AsyncGenerator<Buffer>;
  /**
   * Reads all of a seekable source after the preamble at full speed, into the given buffers if the store supports it. Pieces are
   * transient. Calls `onRead` with the stored bytes read.
   */
  scan(onRead: (bytes: number) => void, into: readonly Buffer[]): AsyncGenerator<Buffer>;
}

/** Six streams of about 85 MB/s each exceed the scan rate of one processor. On a disk, one stream is as fast. */
const ahead = { streams: 6, rangeBytes: 16 * 2 ** 20 } as const;

/**
 * Opens a source. `known` is the inspected head of a fingerprint; if it matches, the head is not read again.
 *
 * @throws {NoInputError} if the source does not exist
 * @throws {BadDataError} if it is not CSV
 * @throws {StorageError} `SourceChanged` if its fingerprint is not the expected one
 */
export async function openSource(
  store: ObjectStore,
  uri: string,
  options: Options,
  known?: { readonly head: HeadInspection; readonly fingerprint: string },
  expectedFingerprint?: string,
): Promise<Source> {
  const info = await store.head(uri);
  if (!info) throw new NoInputError(`${uri}: the object does not exist`);
  const { bytes, fingerprint } = info;
  if (expectedFingerprint !== undefined && fingerprint !== expectedFingerprint) {
    throw new StorageError('SourceChanged', uri, 'the source was replaced after its validation');
  }
  const head = known?.fingerprint === fingerprint ? known.head : await inspectSource(store, info, options, inspectHead);
  if (head.problems.length > 0) throw new BadDataError(`${uri}: ${head.problems.join('; ')}`);
  let total = 0;
  const preambleBytes = head.preamble?.bytes ?? 0;
  const seekable = head.compression === 'none' && head.encoding === 'utf-8';
  const note = (onRead: (bytes: number) => void) => (read: number, more: number) => {
    total += more;
    onRead(read);
  };
  /** Bytes of the last `read`. */
  let stored = 0;
  let decoded = 0;
  return {
    identity: { uri, bytes, fingerprint },
    head,
    seekable,
    firstByte: (seekable ? head.bomBytes : 0) + preambleBytes,
    // One byte of another encoding becomes up to three of UTF-8.
    maxBytes: head.compression === 'none' ? bytes * (seekable ? 1 : 3) : Number.POSITIVE_INFINITY,
    bytesRead: () => total,
    storedBytes: (byte) => (seekable ? byte : Math.round(stored * Math.min(1, byte / decoded))),
    read: (from, to) => {
      const end = to === undefined ? {} : { end: to };
      const range = { ifMatch: fingerprint, start: from ?? 0, ...end, transient: seekable };
      const open = () => store.openRead(uri, range);
      const pieces = counted(
        range.start,
        open,
        note((read) => {
          stored = read;
        }),
      );
      if (from !== undefined) return pieces;
      const content = counted(
        0,
        async () => decode(pieces, head),
        (read) => {
          decoded = read;
        },
      );
      return withoutStart(content, preambleBytes);
    },
    scan: (onRead, into) => {
      const range = { ifMatch: fingerprint, start: 0, end: bytes };
      const open = async () =>
        uri.startsWith('s3:')
          ? readAhead(store, uri, range, ahead)
          : store.openRead(uri, { ...range, transient: true, into });
      return withoutStart(decode(counted(0, open, note(onRead)), head), preambleBytes);
    },
  };
}

async function* withoutStart(pieces: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let missing = bytes;
  for await (const piece of pieces) {
    if (missing < piece.length) yield piece.subarray(missing);
    missing = Math.max(0, missing - piece.length);
  }
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
