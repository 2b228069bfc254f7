/** SIMD search over bytes. Callers keep 64 readable bytes behind what they search. */

/** One bit for each of the 64 bytes at `at` that equals `a`; bit 0 is the first byte. */
export function maskOf(at: usize, a: v128): u64 {
  return (
    bits(i8x16.eq(v128.load(at), a)) |
    (bits(i8x16.eq(v128.load(at, 16), a)) << 16) |
    (bits(i8x16.eq(v128.load(at, 32), a)) << 32) |
    (bits(i8x16.eq(v128.load(at, 48), a)) << 48)
  );
}

/** The same for bytes that equal one of three. */
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

/** The first place in [at, end) that holds `a` or `b`; `end` when there is none. */
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

/** Whether `findClosingQuote` passed doubled quotes the last time. */
export let sawDoubled: bool = false;

/**
 * The quote that closes a field whose content begins at `at`: two quotes are one (RFC 4180). `end` when it is not there, or
 * when it is the last byte and more may follow (`last` false), since then it may be the first of two.
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

/** How often a byte stands in [at, end). */
export function countByte(at: usize, end: usize, byte: u8): u32 {
  const bytes = i8x16.splat(byte as i8);
  let count: u32 = 0;
  for (; at + 16 <= end; at += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), bytes)));
  for (; at < end; at++) if (load<u8>(at) === byte) count++;
  return count;
}
