import { createGunzip, type Gunzip } from 'node:zlib';
import type { Compression } from '@etl/pipeline/csv/compression';
import { openZstd, ZstdError } from '@etl/pipeline/csv/zstd';
import { DecodeError } from '../errors';

/** Beyond this a file may not be more than so many times its stored size: such is a bomb, and no data. */
export const expansionCap = { bytes: 256 * 1024 ** 2, times: 250 };

/**
 * Decompresses. Several members (gzip) or frames (Zstandard) count as one file; one that is cut off, is followed by something
 * else, or expands beyond the cap is a `DecodeError`.
 */
export async function* decompress(
  source: AsyncIterable<Buffer>,
  compression: Compression,
  cap = expansionCap,
): AsyncGenerator<Buffer> {
  if (compression === 'none') return yield* source;
  const stored = { bytes: 0 };
  const counted = count(source, stored);
  let plain = 0;
  for await (const piece of compression === 'gzip' ? gunzip(counted) : unzstd(counted)) {
    plain += piece.length;
    if (plain > cap.bytes && plain > stored.bytes * cap.times) {
      throw new DecodeError(
        `the ${compression} data expands to more than ${cap.times} times its size (${stored.bytes} bytes became ${plain}): decompress it first`,
      );
    }
    yield piece;
  }
}

async function* count(source: AsyncIterable<Buffer>, stored: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    stored.bytes += piece.length;
    yield piece;
  }
}

async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: 1 << 20 });
  // pipeline() would swallow which side failed: what the source throws must stay what it is.
  let failure: unknown;
  let fed = 0;
  const feeding = (async () => {
    try {
      for await (const piece of source) {
        fed += piece.length;
        if (!stream.write(piece)) await drained(stream);
        if (stream.destroyed) return;
      }
      stream.end();
    } catch (error) {
      failure = error;
      stream.destroy(error as Error);
    }
  })();
  let plain = 0;
  try {
    for await (const piece of stream) {
      plain += (piece as Buffer).length;
      yield piece as Buffer;
    }
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw damaged('gzip', plain, error);
  } finally {
    stream.destroy();
    await feeding;
  }
  // What the engine did not take is no member, and was passed over without a word: zeros that fill up a block, or garbage.
  if (fed > stream.bytesWritten) throw damaged('gzip', plain, new Error('something else follows its end'));
}

/** Returns when more can be written, or never again. */
function drained(stream: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = await openZstd();
  let plain = 0;
  try {
    for await (const stored of source) {
      for (const piece of decoder.push(stored)) {
        plain += piece.length;
        yield piece;
      }
    }
    decoder.end();
  } catch (error) {
    if (error instanceof ZstdError) throw damaged('zstd', plain, error);
    throw error;
  } finally {
    decoder.close();
  }
}

function damaged(format: string, plain: number, cause: unknown): DecodeError {
  const reason = (cause as Error).message;
  return new DecodeError(`the ${format} data is damaged behind ${plain} bytes of content: ${reason}`, { cause });
}
