import type { Dialect } from '../options';

export type Encoding = NonNullable<Dialect['encoding']>;

const boms: readonly [Encoding, readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Bytes of the byte order mark that the data begins with; 0 without one. */
export function bomLength(bytes: Buffer, encoding: Encoding): number {
  const bom = boms.find(([name]) => name === encoding)?.[1] ?? [];
  return bom.length > 0 && bom.every((byte, index) => bytes[index] === byte) ? bom.length : 0;
}

/**
 * The encoding of the bytes a file begins with: by byte order mark, by the zero bytes that UTF-16 of plain text has,
 * UTF-8 where it is valid, else Windows-1252. `complete`: these are all bytes, none is cut off.
 */
export function detectEncoding(bytes: Buffer, complete: boolean): Encoding {
  for (const [encoding] of boms) if (bomLength(bytes, encoding) > 0) return encoding;
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 8 && even < odd / 8) return 'utf-16le';
  if (even > sample.length / 8 && odd < even / 8) return 'utf-16be';
  return isUtf8(bytes, complete) ? 'utf-8' : 'windows-1252';
}

function isUtf8(bytes: Buffer, complete: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !complete });
    return true;
  } catch {
    return false;
  }
}

/** Text of bytes, without the byte order mark. */
export function decodeText(bytes: Buffer, encoding: Encoding): string {
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(bomLength(bytes, encoding)));
}
