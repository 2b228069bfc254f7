/**
 * Zstandard frames without compression, since Node 20 cannot create any (RFC 8878: magic number, frame header with a
 * window of 128 KiB and no content size, then blocks: last-block flag, type and size in three bytes).
 */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const frameHeader = Buffer.from([0x00, 0x38]);
const mostBlockBytes = 128 * 1024;

function block(type: 0 | 1, size: number, content: Buffer, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([header, content]);
}

/** Returns one frame with the content uncompressed. */
export function zstdFrame(content: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < content.length; at += mostBlockBytes) {
    const piece = content.subarray(at, at + mostBlockBytes);
    blocks.push(block(0, piece.length, piece, at + mostBlockBytes >= content.length));
  }
  return Buffer.concat([magic, frameHeader, ...blocks]);
}

/** Returns a frame of `blocks` blocks, each of 128 KiB of the same byte, in four bytes per block. */
export function zstdBomb(prefix: Buffer, byte: string, blocks: number): Buffer {
  const repeated = Array.from({ length: blocks }, (_, index) =>
    block(1, mostBlockBytes, Buffer.from(byte), index === blocks - 1),
  );
  return Buffer.concat([magic, frameHeader, block(0, prefix.length, prefix, false), ...repeated]);
}

/** The content of `checksummedFrame`. */
export const checksummedContent = [
  'id,name,amount',
  ...Array.from({ length: 30 }, (_, n) => `${n},name ${(n * 7919) % 101},${(n * 31.7).toFixed(2)}`),
  '',
].join('\n');

/** Output of the zstd command (1.5.4, level 3): a compressed block and a content checksum. */
export const checksummedFrame = Buffer.from(
  'KLUv/QRYzQcABhEpFaAnxQZwrfwEsar4aGV3b5qSw1/cUSYAIQAgACULp9yndBUesaE/hUvo+nwYZahTE7a4BnAYEBwUFAgVKBAIGjAQOWGULCriUG/CJJbv3RA+IXvtGR5k/lpi+OJhWnVhk7QJthRdP7+vxzFahybJOsOgrbYxrA5DVR0mPPKp5oRLnNRhkmGG5jGzeLMsvp69h00+YG3uwxp+OLboOFxruN2V7BEsIEDDmfAkBkVMeCQO+pb4ZBZOwZa8tubVFtvsybCwJoW2aPK2NZsXW7J5sxpLln0wSXdFECuCqgikuPqE2RMPX4c3/AxEDA8DTQ0UDARzxFWXIb9KxA==',
  'base64',
);
