/*
 * Keys of rows: SipHash-2-4 with 128 bits over the values of some columns. The hash of each column is keyed with that of
 * the columns before it.
 * @see https://github.com/veorq/SipHash
 */
import { countByte } from './scan';

/** Eight bytes of zero. */
const ZERO: usize = memory.data(8);

/**
 * Adds a column of eight-byte values to the hashes (16 bytes per row). Clears `keep` for rows without a value. `key`: 16
 * bytes. `doubles`: the values are doubles, of which both zeros are equal.
 */
export function hashFixed(
  values: usize,
  valid: usize,
  rows: u32,
  doubles: bool,
  key: usize,
  keep: usize,
  hashes: usize,
): void {
  for (let row: u32 = 0; row < rows; row++, values += 8, hashes += 16) {
    if (load<u8>(valid + row) == 0) {
      store<u8>(keep + row, 0);
      continue;
    }
    addToHash(doubles && load<f64>(values) == 0 ? ZERO : values, 8, key, hashes);
  }
}

/** Adds a column of texts like `hashFixed`. */
export function hashTexts(texts: usize, valid: usize, rows: u32, key: usize, keep: usize, hashes: usize): void {
  for (let row: u32 = 0; row < rows; row++, texts += 8, hashes += 16) {
    if (load<u8>(valid + row) == 0) store<u8>(keep + row, 0);
    else addToHash(load<u32>(texts), load<u32>(texts, 4), key, hashes);
  }
}

/** Reads up to seven bytes after the last byte, which must be readable. */
function addToHash(at: usize, length: u32, key: usize, hash: usize): void {
  const k0 = load<u64>(key) ^ load<u64>(hash);
  const k1 = load<u64>(key, 8) ^ load<u64>(hash, 8);
  let v0: u64 = k0 ^ 0x736f6d6570736575;
  let v1: u64 = k1 ^ 0x646f72616e646f6d ^ 0xee;
  let v2: u64 = k0 ^ 0x6c7967656e657261;
  let v3: u64 = k1 ^ 0x7465646279746573;
  const words = length >> 3;
  const rest = (length & 7) << 3;
  for (let step: u32 = 0; step < words + 3; step++, at += 8) {
    const isWord = step <= words;
    let word: u64 = 0;
    if (isWord) {
      if (step < words) word = load<u64>(at);
      else word = ((length as u64) << 56) | (load<u64>(at) & (((1 as u64) << rest) - 1));
      v3 ^= word;
    } else if (step == words + 1) {
      v2 ^= 0xee;
    } else {
      store<u64>(hash, v0 ^ v1 ^ v2 ^ v3);
      v1 ^= 0xdd;
    }
    for (let round = isWord ? 2 : 4; round > 0; round--) {
      v0 += v1;
      v1 = rotl<u64>(v1, 13) ^ v0;
      v0 = rotl<u64>(v0, 32);
      v2 += v3;
      v3 = rotl<u64>(v3, 16) ^ v2;
      v0 += v3;
      v3 = rotl<u64>(v3, 21) ^ v0;
      v2 += v1;
      v1 = rotl<u64>(v1, 17) ^ v2;
      v2 = rotl<u64>(v2, 32);
    }
    v0 ^= word;
  }
  store<u64>(hash, v0 ^ v1 ^ v2 ^ v3, 8);
}

/** Stores the line ends before each row whose status is 0, from the first row on (u32 each). */
export function linesOfRows(status: usize, starts: usize, rows: u32, lineEnd: u8, to: usize): void {
  let lines: u32 = 0;
  for (let row: u32 = 0; row < rows; row++, starts += 4) {
    if (load<u8>(status + row) == 0) {
      store<u32>(to, lines);
      to += 4;
    }
    lines += countByte(load<u32>(starts), load<u32>(starts, 4), lineEnd);
  }
}

/** Writes hash and line of the kept rows (20 bytes each). Returns their number. */
export function packKeys(hashes: usize, lines: usize, keep: usize, rows: u32, to: usize): u32 {
  const start = to;
  for (let row: u32 = 0; row < rows; row++, hashes += 16, lines += 4) {
    if (load<u8>(keep + row) == 0) continue;
    v128.store(to, v128.load(hashes));
    store<u32>(to, load<u32>(lines), 16);
    to += 20;
  }
  return ((to - start) / 20) as u32;
}
