import type { Compression } from '@etl/pipeline/csv/compression';
import { decoderOf, type Encoding, EncodingError } from '@etl/pipeline/csv/encoding';
import { DecodeError } from '../errors';
import { decompress } from './decompress';

/** Decompresses, and converts every encoding to UTF-8 without a byte order mark. */
export async function* decode(
  source: AsyncIterable<Buffer>,
  { compression, encoding }: { compression: Compression; encoding: Encoding },
): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding);
  let read = 0;
  const decoded = (piece: Buffer, last: boolean): Buffer => {
    try {
      return decoder(piece, last);
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      throw new DecodeError(`${error.message}, after byte ${read}`, { cause: error });
    }
  };
  for await (const piece of decompress(source, compression)) {
    yield decoded(piece, false);
    read += piece.length;
  }
  yield decoded(Buffer.alloc(0), true);
}
