import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ReadOptions, StorageError } from './objectStore';
import { address } from './s3Address';
import { isPreconditionFailed, s3Work } from './s3Errors';
import { headObject } from './s3Head';

/** How often in a row a read is taken up again without a byte in between. */
const readRetries = 5;
const firstPauseMs = 100;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly ifMatch: string | undefined;
}

/** See `ObjectStore.openRead`. Without `ifMatch` too, all bytes are of the version that was there at the beginning. */
export async function openObject(client: S3Client, uri: string, range: ReadOptions): Promise<Readable> {
  const info = await headObject(client, uri);
  if (range.ifMatch !== undefined && info.ETag !== range.ifMatch) throw changed(uri);
  const size = info.ContentLength ?? 0;
  const span = { start: range.start ?? 0, end: Math.min(range.end ?? size, size), ifMatch: info.ETag };
  return Readable.from(readOn(client, uri, span), { objectMode: false, highWaterMark: 1 << 20 });
}

/** Reads on at the byte where a stream broke or ended early. */
async function* readOn(client: S3Client, uri: string, { start, end, ifMatch }: Span): AsyncGenerator<Buffer> {
  let at = start;
  for (let broken = 0; at < end; ) {
    let body: Readable | undefined;
    try {
      body = await get(client, uri, { start: at, end, ifMatch });
      const pieces = body[Symbol.asyncIterator]();
      for (;;) {
        const piece = await nextOf(pieces);
        if (piece instanceof Error) {
          if (++broken > readRetries) await s3Work(uri, () => Promise.reject(piece));
          break;
        }
        if (piece === undefined) {
          if (at < end && ++broken > readRetries) throw new StorageError('Unavailable', uri, 'its body ends early');
          break;
        }
        at += piece.length;
        broken = 0;
        // Outside of what is tried again: an error that the reader throws in here is the reader's own.
        yield piece;
      }
    } finally {
      body?.destroy();
    }
    if (at < end) await sleep(firstPauseMs * 2 ** broken);
  }
}

async function nextOf(pieces: AsyncIterator<Buffer>): Promise<Buffer | undefined | Error> {
  try {
    const { done, value } = await pieces.next();
    return done ? undefined : value;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The SDK itself tries again until it has an answer; here it is only about its body. */
async function get(client: S3Client, uri: string, { start, end, ifMatch }: Span): Promise<Readable> {
  return s3Work(uri, async () => {
    try {
      const range = { Range: `bytes=${start}-${end - 1}`, IfMatch: ifMatch };
      const answer = await client.send(new GetObjectCommand({ ...address(uri), ...range }));
      if (answer.Body instanceof Readable) return answer.Body;
      throw new StorageError('Unavailable', uri, 'S3 answered without a body');
    } catch (error) {
      throw isPreconditionFailed(error) ? changed(uri, error) : error;
    }
  });
}

function changed(uri: string, cause?: unknown): StorageError {
  return new StorageError(
    'SourceChanged',
    uri,
    'the object has changed since the run first looked at it: start a new run',
    {
      cause,
    },
  );
}
