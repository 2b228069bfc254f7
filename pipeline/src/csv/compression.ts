import { gunzipSync, constants as zlib } from 'node:zlib';
import { Decompress } from 'fzstd';

export type Compression = 'none' | 'gzip' | 'zstd';

const magics: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

export const startsWith = (bytes: Buffer, magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

/** By the first bytes alone: the file's name may say anything. */
export function detectCompression(head: Buffer): Compression {
  return magics.find(([, magic]) => startsWith(head, magic))?.[0] ?? 'none';
}

/**
 * Up to `wanted` bytes of what the head of a file decompresses to; undefined when it does not. The head is cut off somewhere,
 * and a small piece may expand to a thousand times its size, so it is taken in growing pieces.
 */
export function decompressHead(head: Buffer, compression: Compression, wanted: number): Buffer | undefined {
  if (compression === 'none') return head;
  const decompress = compression === 'gzip' ? inflate : unzstd;
  for (let piece = 4096; ; piece *= 8) {
    const plain = decompress(head.subarray(0, piece));
    if (piece >= head.length || (plain && plain.length >= wanted)) return plain?.subarray(0, wanted);
  }
}

function inflate(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}

function unzstd(bytes: Buffer): Buffer | undefined {
  const pieces: Uint8Array[] = [];
  try {
    new Decompress((piece) => pieces.push(piece.slice())).push(bytes);
  } catch {
    // What came out before is what counts.
  }
  return pieces.length > 0 ? Buffer.concat(pieces) : undefined;
}
