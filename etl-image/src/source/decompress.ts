import { createGunzip, type Gunzip } from 'node:zlib';
import type { Compression } from '@etl/pipeline/csv/compression';
import { openZstd, ZstdError } from '@etl/pipeline/csv/zstd';
import { DecodeError } from '../errors';

/**
 * Above `bytes`, content may expand to at most `times` its stored size: larger ratios indicate a decompression bomb.
 */
export const expansionCap = { bytes: 256 * 1024 ** 2, times: 250 };

/**
 * Decompresses. Several members (gzip) or frames (Zstandard) count as one file.
 *
 * @throws {DecodeError} if a member or frame is truncated or followed by other bytes, or if the data expands beyond the
 * cap
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
  // pipeline() would hide which side failed: an error of the source must reach the caller unchanged.
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
  // zlib silently ignores bytes after the last member, such as padding or garbage.
  if (fed > stream.bytesWritten) throw damaged('gzip', plain, new Error('other bytes follow its end'));
}

/** Resolves when the stream accepts more data or has closed. */
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
  return new DecodeError(`the ${format} data is damaged after ${plain} bytes of content: ${reason}`, { cause });
}
