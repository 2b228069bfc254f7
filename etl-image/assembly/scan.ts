/* SIMD search over bytes. Callers guarantee 64 readable bytes past the searched range. */

/** Returns one bit for each of the 64 bytes at `at`: whether it equals `a`. Bit 0 is the first byte. */
export function maskOf(at: usize, a: v128): u64 {
  return (
    bits(i8x16.eq(v128.load(at), a)) |
    (bits(i8x16.eq(v128.load(at, 16), a)) << 16) |
    (bits(i8x16.eq(v128.load(at, 32), a)) << 32) |
    (bits(i8x16.eq(v128.load(at, 48), a)) << 48)
  );
}

/** Like `maskOf`, for bytes that equal one of three. */
export function maskOf3(at: usize, a: v128, b: v128, c: v128): u64 {
  return (
    bits(isOneOf(v128.load(at), a, b, c)) |
    (bits(isOneOf(v128.load(at, 16), a, b, c)) << 16) |
    (bits(isOneOf(v128.load(at, 32), a, b, c)) << 32) |
    (bits(isOneOf(v128.load(at, 48), a, b, c)) << 48)
  );
}

function isOneOf(bytes: v128, a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.or(i8x16.eq(bytes, a), i8x16.eq(bytes, b)), i8x16.eq(bytes, c));
}

function bits(hits: v128): u64 {
  return i8x16.bitmask(hits) as u32 as u64;
}

/** Returns the first address in [at, end) that holds `a` or `b`, else `end`. */
export function findEither(at: usize, end: usize, a: u8, b: u8): usize {
  const as = i8x16.splat(a as i8);
  const bs = i8x16.splat(b as i8);
  while (at < end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, as), i8x16.eq(bytes, bs)));
    if (mask !== 0) {
      at += ctz(mask);
      return at < end ? at : end;
    }
    at += 16;
  }
  return end;
}

/** Whether the last call of `findClosingQuote` passed doubled quotes. */
export let sawDoubled: bool = false;

/**
 * Returns the address of the quote that closes a field whose content starts at `at`. Two quotes are an escaped one (RFC
 * 4180). Returns `end` if no quote closes the field, or if the quote is the last byte and, with `last` false, may be
 * the first of two.
 */
export function findClosingQuote(at: usize, end: usize, quote: u8, last: bool): usize {
  sawDoubled = false;
  while (at < end) {
    at = findEither(at, end, quote, quote);
    if (at >= end) break;
    if (at + 1 >= end) return last ? at : end;
    if (load<u8>(at + 1) != quote) return at;
    sawDoubled = true;
    at += 2;
  }
  return end;
}

/** Counts a byte in [at, end). */
export function countByte(at: usize, end: usize, byte: u8): u32 {
  const bytes = i8x16.splat(byte as i8);
  let count: u32 = 0;
  for (; at + 16 <= end; at += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), bytes)));
  for (; at < end; at++) if (load<u8>(at) === byte) count++;
  return count;
}
