import { createGunzip, constants as zlib } from 'node:zlib';
import { openZstd, ZstdError } from './zstd';

export type Compression = 'none' | 'gzip' | 'zstd';

const magics: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // A skippable frame, which parallel compressors put in front.
  ...Array.from({ length: 16 }, (_, n): [Compression, readonly number[]] => ['zstd', [0x50 + n, 0x2a, 0x4d, 0x18]]),
];

export const startsWith = (bytes: Buffer, magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

/** By the first bytes alone: the file's name may say anything. */
export function detectCompression(head: Buffer): Compression {
  return magics.find(([, magic]) => startsWith(head, magic))?.[0] ?? 'none';
}

/** What the head of a file decompresses to, or why it is damaged before its first byte of content. */
export type DecompressedHead = { readonly plain: Buffer } | { readonly problem: string };

/** Returns the first bytes of content: `wanted` and one piece more at most. */
export async function decompressHead(
  head: Buffer,
  compression: Compression,
  wanted: number,
): Promise<DecompressedHead> {
  if (compression === 'none') return { plain: head };
  return compression === 'gzip' ? inflate(head, wanted) : unzstd(head, wanted);
}

/** In bytes, of what is inflated at once. */
const chunkSize = 128 * 1024;

/**
 * A head expands to a thousand times its size. So it is inflated in chunks until there is enough, and not on the main thread. The
 * head is cut off somewhere: an end that is missing is not damage.
 */
async function inflate(head: Buffer, wanted: number): Promise<DecompressedHead> {
  const gunzip = createGunzip({ chunkSize, finishFlush: zlib.Z_SYNC_FLUSH });
  gunzip.end(head);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= wanted) break;
    }
  } catch (error) {
    return { problem: (error as Error).message };
  }
  return { plain: Buffer.concat(pieces) };
}

async function unzstd(head: Buffer, wanted: number): Promise<DecompressedHead> {
  const decoder = await openZstd();
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for (const piece of decoder.push(head)) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= wanted) break;
    }
    if (bytes === 0) decoder.end();
  } catch (error) {
    if (!(error instanceof ZstdError)) throw error;
    // What came out before counts: the damage is reported where the whole file is read.
    if (bytes === 0) return { problem: error.message };
  } finally {
    decoder.close();
  }
  return { plain: Buffer.concat(pieces) };
}
