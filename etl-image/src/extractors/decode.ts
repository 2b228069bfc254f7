import type { Compression } from '@etl/pipeline/csv/compression';
import { bomLength, type Encoding } from '@etl/pipeline/csv/encoding';
import { DecodeError, decompress } from './decompress';

const longestBom = 3;

/** Decompresses, and turns every encoding into UTF-8 without a byte order mark. */
export async function* decode(
  source: AsyncIterable<Buffer>,
  format: { compression: Compression; encoding: Encoding },
): AsyncGenerator<Buffer> {
  const plain = decompress(source, format.compression);
  yield* format.encoding === 'utf-8' ? withoutBom(plain) : transcode(plain, format.encoding);
}

async function* withoutBom(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of source) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    // A piece may be shorter than the mark.
    head = Buffer.concat([head, piece]);
    if (head.length < longestBom) continue;
    yield head.subarray(bomLength(head, 'utf-8'));
    head = undefined;
  }
  if (head) yield head.subarray(bomLength(head, 'utf-8'));
}

async function* transcode(source: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' });
  let read = 0;
  try {
    for await (const piece of source) {
      yield Buffer.from(decoder.decode(piece, { stream: true }), 'utf8');
      read += piece.length;
    }
    yield Buffer.from(decoder.decode(), 'utf8');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DecodeError(`the file has bytes that are no ${encoding}, behind byte ${read}`, { cause: error });
  }
}
