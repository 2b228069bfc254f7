import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ReadOptions, StorageError } from './objectStore';
import { address } from './s3Address';
import { isPreconditionFailed, mapS3Errors } from './s3Errors';
import { headObject } from './s3Head';

/** Maximum number of consecutive retries of a read without progress. */
const readRetries = 5;
const firstPauseMs = 100;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly ifMatch: string | undefined;
}

/**
 * Opens a stream of an object's bytes. All bytes are of one version, also without `ifMatch`.
 * @see ObjectStore.openRead
 */
export async function openObject(client: S3Client, uri: string, range: ReadOptions): Promise<Readable> {
  const info = await headObject(client, uri);
  if (range.ifMatch !== undefined && info.ETag !== range.ifMatch) throw changed(uri);
  const size = info.ContentLength ?? 0;
  const span = { start: range.start ?? 0, end: Math.min(range.end ?? size, size), ifMatch: info.ETag };
  return Readable.from(resumingRead(client, uri, span), { objectMode: false, highWaterMark: 1 << 20 });
}

/** Reads a span and resumes at the byte where a stream broke or ended early. */
async function* resumingRead(client: S3Client, uri: string, { start, end, ifMatch }: Span): AsyncGenerator<Buffer> {
  let at = start;
  for (let broken = 0; at < end; ) {
    let body: Readable | undefined;
    try {
      body = await get(client, uri, { start: at, end, ifMatch });
      const pieces = body[Symbol.asyncIterator]();
      for (;;) {
        const piece = await nextOf(pieces);
        if (piece instanceof Error) {
          if (++broken > readRetries) await mapS3Errors(uri, () => Promise.reject(piece));
          break;
        }
        if (piece === undefined) {
          if (at < end && ++broken > readRetries) throw new StorageError('Unavailable', uri, 'the body ended early');
          break;
        }
        at += piece.length;
        broken = 0;
        // Outside of the retried part: an error thrown into the generator here is the consumer's.
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

/** Requests a range. The SDK retries until it has a response; `resumingRead` handles failures of the body. */
async function get(client: S3Client, uri: string, { start, end, ifMatch }: Span): Promise<Readable> {
  return mapS3Errors(uri, async () => {
    try {
      const range = { Range: `bytes=${start}-${end - 1}`, IfMatch: ifMatch };
      const response = await client.send(new GetObjectCommand({ ...address(uri), ...range }));
      if (response.Body instanceof Readable) return response.Body;
      throw new StorageError('Unavailable', uri, 'the response of S3 has no body');
    } catch (error) {
      throw isPreconditionFailed(error) ? changed(uri, error) : error;
    }
  });
}

function changed(uri: string, cause?: unknown): StorageError {
  const message = 'the object has changed since the run first read it: start a new run';
  return new StorageError('SourceChanged', uri, message, { cause });
}
