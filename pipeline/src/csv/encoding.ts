import type { Dialect } from '../options';

export type Encoding = NonNullable<Dialect['encoding']>;

const boms: readonly [Encoding, readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Returns the length in bytes of the byte order mark at the beginning; 0 without one. */
export function bomLength(bytes: Buffer, encoding: Encoding): number {
  const bom = boms.find(([name]) => name === encoding)?.[1] ?? [];
  return bom.length > 0 && bom.every((byte, index) => bytes[index] === byte) ? bom.length : 0;
}

export interface DetectedEncoding {
  readonly encoding: Encoding;
  readonly warnings: readonly string[];
}

/**
 * Detects the encoding from the first bytes of a file: by byte order mark, by the zero bytes of plain text in UTF-16,
 * else by the bytes above ASCII.
 *
 * Valid UTF-8 sequences hardly ever occur in Windows-1252 text, and no byte of a Windows-1252 letter is valid UTF-8 by
 * itself. The majority therefore decides: a stray byte in UTF-8 rejects its row and does not change how all others are
 * decoded. Text that is neither is read as UTF-8 too, which rejects its rows.
 *
 * @param complete whether these are all bytes, so that no sequence is truncated.
 */
export function detectEncoding(bytes: Buffer, complete: boolean): DetectedEncoding {
  for (const [encoding] of boms) if (bomLength(bytes, encoding) > 0) return { encoding, warnings: [] };
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 8 && even < odd / 8) return { encoding: 'utf-16le', warnings: [] };
  if (even > sample.length / 8 && odd < even / 8) return { encoding: 'utf-16be', warnings: [] };
  const { characters, stray, unassigned } = countAboveAscii(bytes, complete);
  const isWindows1252 = unassigned <= stray * mostUnassigned;
  if (characters > stray || stray === 0 || !isWindows1252) return { encoding: 'utf-8', warnings: [] };
  if (characters === 0) return { encoding: 'windows-1252', warnings: [] };
  const warning =
    `the encoding is ambiguous: ${stray} bytes are not UTF-8, and ${characters} characters are valid UTF-8; ` +
    'read as windows-1252 (declare dialect.encoding)';
  return { encoding: 'windows-1252', warnings: [warning] };
}

/** Bytes that Windows-1252 does not assign to a character. */
const notWindows1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
/** Maximum share of these bytes in text that may be Windows-1252. Shift JIS, for example, has many more. */
const mostUnassigned = 0.02;

/** Counts UTF-8 characters above ASCII, stray bytes, and those stray bytes that are not Windows-1252 either. */
function countAboveAscii(bytes: Buffer, complete: boolean): { characters: number; stray: number; unassigned: number } {
  let [characters, stray, unassigned] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    const length = sequenceLength(lead);
    const present = continued(bytes, at, length);
    if (!complete && present < length && at + present === bytes.length) break; // cut off
    if (present === length) {
      characters++;
      at += length - 1;
    } else {
      stray++;
      if (notWindows1252.has(lead)) unassigned++;
    }
  }
  return { characters, stray, unassigned };
}

/**
 * Returns the length of the UTF-8 sequence that a lead byte begins; infinite for an invalid one (The Unicode Standard,
 * table 3-7).
 */
function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return Number.POSITIVE_INFINITY;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Returns the number of bytes, up to `length`, of the UTF-8 sequence that begins at a byte. */
function continued(bytes: Buffer, at: number, length: number): number {
  if (length > 4) return 1;
  const lead = bytes[at];
  const second = bytes[at + 1] ?? 0x80;
  // Excludes overlong forms, surrogates and values above U+10FFFF.
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 1;
  let present = 1;
  while (present < length && ((bytes[at + present] ?? 0) & 0xc0) === 0x80) present++;
  return present;
}

/** Thrown for bytes that are not valid in the encoding. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/** Decodes the pieces of a file, in order, to UTF-8 without a byte order mark; `last`: this is the final piece. */
export type Decoder = (piece: Buffer, last: boolean) => Buffer;

/**
 * Returns a decoder for one file. UTF-8 passes unchanged, valid or not.
 *
 * The decoder throws `EncodingError` for bytes that are not UTF-16, when the encoding is UTF-16.
 */
export function decoderOf(encoding: Encoding): Decoder {
  switch (encoding) {
    case 'utf-8':
      return createUtf8Decoder();
    case 'windows-1252':
      return windows1252ToUtf8;
    default:
      return createUtf16Decoder(encoding);
  }
}

function createUtf16Decoder(encoding: Encoding): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (piece, last) => {
    try {
      return Buffer.from(decoder.decode(piece, { stream: true }) + (last ? decoder.decode() : ''), 'utf8');
    } catch (cause) {
      throw new EncodingError(`the file has bytes that are not ${encoding}`, { cause });
    }
  };
}

const longestBom = 3;

function createUtf8Decoder(): Decoder {
  // A piece may be shorter than the mark.
  let head: Buffer | undefined = Buffer.alloc(0);
  return (piece, last) => {
    if (head === undefined) return piece;
    head = Buffer.concat([head, piece]);
    if (head.length < longestBom && !last) return Buffer.alloc(0);
    const start = head.subarray(bomLength(head, 'utf-8'));
    head = undefined;
    return start;
  };
}

/**
 * Characters of 0x80 to 0x9f; the others are those of Latin-1
 * (https://encoding.spec.whatwg.org/index-windows-1252.txt).
 */
const windows1252High = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** UTF-8 of each byte, in rows of three bytes, and the length of each. */
const utf8Bytes = new Uint8Array(256 * 3);
const utf8Lengths = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const bytes = Buffer.from(windows1252High[byte - 0x80] ?? String.fromCharCode(byte), 'utf8');
  utf8Bytes.set(bytes, byte * 3);
  utf8Lengths[byte] = bytes.length;
}

/**
 * Converts Windows-1252 to UTF-8 without an intermediate string: a regular-expression replacement takes seconds and
 * 100 MB for 4 MiB of bytes that all match. Node 20's own decoder reads text that arrives in one piece as Latin-1:
 * `€` as U+0080.
 */
function windows1252ToUtf8(bytes: Buffer): Buffer {
  let length = 0;
  for (let at = 0; at < bytes.length; at++) length += utf8Lengths[bytes[at] ?? 0] ?? 0;
  if (length === bytes.length) return bytes;
  const encoded = Buffer.allocUnsafe(length);
  for (let at = 0, to = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      encoded[to++] = byte;
    } else {
      const end = to + (utf8Lengths[byte] ?? 0);
      for (let from = byte * 3; to < end; ) encoded[to++] = utf8Bytes[from++] ?? 0;
    }
  }
  return encoded;
}
