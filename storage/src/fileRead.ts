import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { mapFileErrors } from './fileErrors';
import { type ReadOptions, StorageError } from './objectStore';

const chunkBytes = 2 * 1024 * 1024;

/** Returns a fingerprint that changes with the content: size, modification time and inode. */
export function fileFingerprint(stats: BigIntStats): string {
  return `${stats.size}-${stats.mtimeNs}-${stats.ino}`;
}

/** Opens a stream of a file's bytes. @see ObjectStore.openRead */
export async function openFile(uri: string, path: string, range: ReadOptions): Promise<Readable> {
  const file = await open(path);
  try {
    const stats = await file.stat({ bigint: true });
    if (stats.isDirectory()) throw new StorageError('NotFound', uri, 'it is a folder, not a file');
    checkFingerprint(uri, stats, range.ifMatch);
    const end = Math.min(range.end ?? Number.MAX_SAFE_INTEGER, Number(stats.size));
    return streamOf(uri, file, { ...range, start: range.start ?? 0, end });
  } catch (error) {
    await file.close();
    throw error;
  }
}

function streamOf(uri: string, file: FileHandle, range: ReadOptions & { start: number; end: number }): Readable {
  const { start, end, ifMatch, transient, into } = range;
  let position = start;
  const buffer = transient
    ? ring(into ?? allocate(Math.min(chunkBytes, Math.max(0, end - start))))
    : Buffer.allocUnsafe;
  const next = async (): Promise<Buffer | null> => {
    if (position >= end) return null;
    const wanted = Math.min(into?.[0]?.length ?? chunkBytes, end - position);
    const place = buffer(wanted);
    const { bytesRead } = await file.read(place, 0, wanted, position);
    // Checks after the read, so that the bytes are known to be of the expected content.
    if (ifMatch !== undefined) checkFingerprint(uri, await file.stat({ bigint: true }), ifMatch);
    if (bytesRead === 0) throw new StorageError('SourceChanged', uri, 'the file was truncated during the read');
    position += bytesRead;
    return place.subarray(0, bytesRead);
  };
  let pending: Promise<void> = Promise.resolve();
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      pending = mapFileErrors(uri, next).then(
        (chunk) => void this.push(chunk),
        (error: Error) => void this.destroy(error),
      );
    },
    destroy(error, callback) {
      // A read on a closed descriptor might read another file that reuses its number, so waits for the read first.
      pending
        .then(() => file.close())
        .then(
          () => callback(error),
          (closeError: Error) => callback(error ?? closeError),
        );
    },
  });
}

/** Returns the buffers in turn. Allocating a megabyte costs more than reading it, so buffers are reused. */
function ring(buffers: readonly Buffer[]): () => Buffer {
  let turn = 0;
  return () => buffers[turn++ % buffers.length] as Buffer;
}

function allocate(bytes: number): Buffer[] {
  return [0, 1, 2].map(() => Buffer.allocUnsafe(bytes));
}

function checkFingerprint(uri: string, stats: BigIntStats, ifMatch: string | undefined): void {
  if (ifMatch === undefined || fileFingerprint(stats) === ifMatch) return;
  throw new StorageError('SourceChanged', uri, 'the file has changed since the run first read it: start a new run');
}
