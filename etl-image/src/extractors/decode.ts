import { createGunzip } from 'node:zlib';
import { bomLength, type Encoding } from '@etl/pipeline/csv/encoding';

/** The source's bytes are not what its head promised. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Decompresses (several gzip members count as one file) and turns every encoding into UTF-8 without a byte order mark. */
export async function* decode(
  source: AsyncIterable<Buffer>,
  format: { compression: 'none' | 'gzip'; encoding: Encoding },
): AsyncGenerator<Buffer> {
  const plain = format.compression === 'gzip' ? gunzip(source) : source;
  yield* format.encoding === 'utf-8' ? withoutBom(plain) : transcode(plain, format.encoding);
}

async function* gunzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: 1 << 20 });
  // pipeline() would swallow which side failed: what the source throws must stay what it is.
  let failure: unknown;
  const feeding = (async () => {
    try {
      for await (const piece of source) {
        if (!stream.write(piece)) await new Promise((resolve) => stream.once('drain', resolve).once('close', resolve));
        if (stream.destroyed) return;
      }
      stream.end();
    } catch (error) {
      failure = error;
      stream.destroy(error as Error);
    }
  })();
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw new DecodeError(`the gzip data is damaged: ${(error as Error).message}`, { cause: error });
  } finally {
    stream.destroy();
    await feeding;
  }
}

async function* withoutBom(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const piece of source) {
    yield first ? piece.subarray(bomLength(piece, 'utf-8')) : piece;
    first = false;
  }
}

async function* transcode(source: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' });
  try {
    for await (const piece of source) yield Buffer.from(decoder.decode(piece, { stream: true }), 'utf8');
    yield Buffer.from(decoder.decode(), 'utf8');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DecodeError(`the file has bytes that are no ${encoding}`, { cause: error });
  }
}
