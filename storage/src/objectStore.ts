import type { Readable } from 'node:stream';
import type { CauseKind } from '@etl/pipeline/causes/cause';

/**
 * The port to stored bytes, addressed by URI (`s3://bucket/key`, `file:///path`). Adapters: s3Store, fileStore. Every
 * method throws `StorageError`.
 */
export interface ObjectStore {
  /** Returns an object's metadata; undefined if it does not exist. */
  head(uri: string): Promise<ObjectInfo | undefined>;
  /**
   * Opens a stream of the bytes from `start` up to, not including, `end`. With `ifMatch`, an object with another
   * fingerprint is a `SourceChanged` error, on opening and during the read. The stream fails rather than end early.
   */
  openRead(uri: string, range?: ReadOptions): Promise<Readable>;
  /** Reads a whole small object; undefined if it does not exist. More than `maxSmallBytes` are a `Corrupt` error. */
  readSmall(uri: string): Promise<Buffer | undefined>;
  /** Replaces the object atomically. */
  write(uri: string, body: Buffer | string): Promise<void>;
  /** Creates the object atomically. Returns false, and writes nothing, if it exists. */
  writeIfAbsent(uri: string, body: Buffer | string): Promise<boolean>;
  /** Uploads a local file. A failed upload leaves no object. */
  upload(localPath: string, uri: string): Promise<void>;
  /** Copies an object: a hard link on files, a server-side copy on S3. */
  copy(from: string, to: string): Promise<void>;
  /**
   * Lists the objects below a prefix (a folder, not a part of a name), in key order; none if it does not exist. A
   * folder below it that cannot be read is an error, unless `problems` is set.
   */
  list(prefixUri: string, options?: ListOptions): AsyncIterable<ListedObject>;
  /** Removes an object, if it exists. */
  remove(uri: string): Promise<void>;
  /** Removes unfinished writes below a prefix from before the given time: drafts, multipart uploads. */
  removeUnfinished(prefixUri: string, before: Date): Promise<void>;
}

/**
 * Maximum size of an object that is read into memory, in bytes. A checkpoint of thousands of chunks has a few
 * megabytes.
 */
export const maxSmallBytes = 256 * 1024 * 1024;

export interface ObjectInfo {
  readonly uri: string;
  readonly bytes: number;
  /** Changes with the content: ETag on S3; size, modification time and inode on files. */
  readonly fingerprint: string;
  readonly modifiedAt: Date;
}

export interface ListOptions {
  /** A URI below the prefix. Only objects with a greater key are listed. The object need not exist. */
  readonly after?: string;
  /** Whether to list entries that cannot be read, with their problem. @default false */
  readonly problems?: boolean;
}

export interface ListedObject extends ObjectInfo {
  /** Absent for a readable object. With a problem, bytes and fingerprint are empty. Requires `ListOptions.problems`. */
  readonly problem?: ListProblem;
}

/**
 * Why an entry cannot be read. The URI of a folder ends in `/`. Bytes of a name that are not UTF-8 are percent-encoded.
 */
export interface ListProblem {
  /** `notAFile`: the entry holds no data. `unreadable`: it may hold data. */
  readonly kind: 'notAFile' | 'unreadable';
  /** Reason with remedy. */
  readonly reason: string;
}

export interface ByteRange {
  readonly start?: number;
  readonly end?: number;
}

export interface ReadOptions extends ByteRange {
  readonly ifMatch?: string;
  /** Whether a piece is valid only until the reader requests the next one, so that its memory can be reused. */
  readonly transient?: boolean;
  /** Three or more buffers for transient pieces, used in turn. Stores that receive their own buffers ignore it. */
  readonly into?: readonly Buffer[];
}

/**
 * Kind of a storage error, by which callers decide. `SourceChanged`: an object no longer has the expected fingerprint.
 * `Corrupt`: an object's content is invalid.
 */
export type StorageErrorCode = CauseKind | 'SourceChanged' | 'Corrupt';

/**
 * Thrown when the file system or S3 fails or denies an operation, when an object is missing, has changed or is invalid,
 * and when a URI is not allowed or not supported.
 */
export class StorageError extends Error {
  /** One imperative sentence without a full stop, if the cause has a specific remedy. */
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

/** Checks the size of an object that is read into memory. @throws {StorageError} `Corrupt` above `maxSmallBytes` */
export function checkSmall(uri: string, bytes: number): void {
  if (bytes <= maxSmallBytes) return;
  const message = `has ${bytes} bytes, more than the limit of ${maxSmallBytes}: restore it, or remove it`;
  throw new StorageError('Corrupt', uri, message);
}
