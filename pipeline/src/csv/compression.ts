import { createGunzip, constants as zlib } from 'node:zlib';
import { openZstd, ZstdError } from './zstd';

export type Compression = 'none' | 'gzip' | 'zstd';

const magics: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // A skippable frame, which parallel compressors write first.
  ...Array.from({ length: 16 }, (_, n): [Compression, readonly number[]] => ['zstd', [0x50 + n, 0x2a, 0x4d, 0x18]]),
];

export const startsWith = (bytes: Buffer, magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

/** Detects the compression by the first bytes only: a file's name is not reliable. */
export function detectCompression(head: Buffer): Compression {
  return magics.find(([, magic]) => startsWith(head, magic))?.[0] ?? 'none';
}

/** Decompressed head of a file, or why it is damaged before its first byte of content. */
export type DecompressedHead = { readonly plain: Buffer } | { readonly problem: string };

/** Returns the first bytes of content: `wanted` and at most one piece more. */
export async function decompressHead(
  head: Buffer,
  compression: Compression,
  wanted: number,
): Promise<DecompressedHead> {
  if (compression === 'none') return { plain: head };
  return compression === 'gzip' ? inflate(head, wanted) : unzstd(head, wanted);
}

/** Bytes inflated at a time. */
const chunkSize = 128 * 1024;

/**
 * Inflates a head, which may expand a thousandfold: in chunks until there is enough, and off the main thread. The head
 * is truncated, so a missing end is not damage.
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
    // Output before the damage counts: the damage is reported when the whole file is read.
    if (bytes === 0) return { problem: error.message };
  } finally {
    decoder.close();
  }
  return { plain: Buffer.concat(pieces) };
}
