import type { Readable } from 'node:stream';
import type { CauseKind } from '@etl/pipeline/causes/cause';

/** The one port to stored bytes, addressed by URI (`s3://bucket/key`, `file:///path`). Adapters: s3Store, fileStore. */
export interface ObjectStore {
  /** Undefined when there is no such object. */
  head(uri: string): Promise<ObjectInfo | undefined>;
  /**
   * The bytes from `start` up to, not including, `end`. With `ifMatch`, an object whose fingerprint is another one is a
   * `SourceChanged` error, now and at any later read of the stream. The stream fails rather than end early.
   */
  openRead(uri: string, range?: ReadOptions): Promise<Readable>;
  /** The whole of a small object; undefined when there is none. One of more than `maxSmallBytes` is a `Corrupt` error. */
  readSmall(uri: string): Promise<Buffer | undefined>;
  /** Replaces the object, whole or not at all. */
  write(uri: string, body: Buffer | string): Promise<void>;
  /** Creates the object, whole or not at all. False, and nothing written, when it is there already. */
  writeIfAbsent(uri: string, body: Buffer | string): Promise<boolean>;
  /** Uploads a local file; an upload that fails leaves nothing behind. */
  upload(localPath: string, uri: string): Promise<void>;
  /** Same bytes under another name: a hard link on files, a server-side copy on S3. */
  copy(from: string, to: string): Promise<void>;
  /**
   * Every object below a prefix (a folder, not a part of a name), in order of the key. Nothing there: nothing. A folder below it
   * that cannot be read is an error, unless `problems` are asked for.
   */
  list(prefixUri: string, options?: ListOptions): AsyncIterable<ListedObject>;
  /** Removing what is not there is no error. */
  remove(uri: string): Promise<void>;
  /** What writers that were killed before the given time left unfinished below a prefix: drafts, parts of multipart uploads. */
  removeUnfinished(prefixUri: string, before: Date): Promise<void>;
}

/** In bytes, of an object that is read into memory as a whole. A checkpoint of thousands of chunks has a few megabytes. */
export const maxSmallBytes = 256 * 1024 * 1024;

export interface ObjectInfo {
  readonly uri: string;
  readonly bytes: number;
  /** Changes whenever the content does: ETag on S3; size, modification time and inode on files. */
  readonly fingerprint: string;
  readonly modifiedAt: Date;
}

export interface ListOptions {
  /** A URI below the prefix, of an object or not: only those whose key comes behind its key are listed. */
  readonly after?: string;
  /** Lists what cannot be read as an object too, with its problem. @default false */
  readonly problems?: boolean;
}

export interface ListedObject extends ObjectInfo {
  /** Absent: it can be read. Only with `ListOptions.problems`; there are no bytes and no fingerprint then. */
  readonly problem?: ListProblem;
}

/** Why an entry cannot be read. The URI of a folder ends in `/`; bytes of a name that are not UTF-8 are percent-encoded in it. */
export interface ListProblem {
  /** `notAFile`: there is nothing to deliver in it. `unreadable`: there is, or may be. */
  readonly kind: 'notAFile' | 'unreadable';
  /** With the remedy. */
  readonly reason: string;
}

export interface ByteRange {
  readonly start?: number;
  readonly end?: number;
}

export interface ReadOptions extends ByteRange {
  readonly ifMatch?: string;
  /** The reader is done with a piece before it asks for the next one: its memory may then be used again. */
  readonly transient?: boolean;
  /** Of transient pieces: three or more places to read them into, in turn. A store that is handed its bytes does not. */
  readonly into?: readonly Buffer[];
}

/** What went wrong with storage, for callers that decide by it. */
export type StorageErrorCode = CauseKind | 'SourceChanged' | 'Corrupt';

export class StorageError extends Error {
  /** One imperative sentence without a full stop, where the cause has one of its own. */
  readonly remedy: string | undefined;
  constructor(
    readonly code: StorageErrorCode,
    readonly uri: string,
    message: string,
    options: { readonly cause?: unknown; readonly remedy?: string } = {},
  ) {
    super(message, options);
    this.name = 'StorageError';
    this.remedy = options.remedy;
  }
}

/** @throws {StorageError} (`Corrupt`) for an object that is too large to be read as a whole */
export function checkSmall(uri: string, bytes: number): void {
  if (bytes <= maxSmallBytes) return;
  const message = `has ${bytes} bytes, and a document has at most ${maxSmallBytes}: restore it, or remove it`;
  throw new StorageError('Corrupt', uri, message);
}
