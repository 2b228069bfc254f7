/* Minimum and maximum values, for the statistics with which readers skip row groups. */

/** Stores the range of integers at `to` and `to` + 8. At least one row must have a value. */
export function rangeOfIntegers(values: usize, valid: usize, rows: u32, to: usize): void {
  let least = i64.MAX_VALUE;
  let most = i64.MIN_VALUE;
  for (let row: u32 = 0; row < rows; row++, values += 8) {
    if (load<u8>(valid + row) == 0) continue;
    const value = load<i64>(values);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  store<i64>(to, least);
  store<i64>(to, most, 8);
}

/** Stores the range of doubles like `rangeOfIntegers`. No value may be NaN. */
export function rangeOfDoubles(values: usize, valid: usize, rows: u32, to: usize): void {
  let least = Infinity;
  let most = -Infinity;
  for (let row: u32 = 0; row < rows; row++, values += 8) {
    if (load<u8>(valid + row) == 0) continue;
    const value = load<f64>(values);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  store<f64>(to, least);
  store<f64>(to, most, 8);
}

/**
 * Stores the range of texts, in byte order, at `to` and `to` + 4: the addresses of the texts' address and length.
 * `signed`: the texts are big-endian numbers of one length, in two's complement.
 */
export function rangeOfTexts(texts: usize, valid: usize, rows: u32, signed: bool, to: usize): void {
  let least: usize = 0;
  let most: usize = 0;
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    if (load<u8>(valid + row) == 0) continue;
    if (least == 0 || isLess(texts, least, signed)) least = texts;
    if (most == 0 || isLess(most, texts, signed)) most = texts;
  }
  store<u32>(to, least as u32);
  store<u32>(to, most as u32, 4);
}

/** Stores the range of a dictionary's entries like `rangeOfTexts`. */
export function rangeOfTextEntries(entries: usize, count: u32, signed: bool, to: usize): void {
  let least = entries;
  let most = entries;
  for (let i: u32 = 1; i < count; i++) {
    const entry = entries + ((i as usize) << 3);
    if (isLess(entry, least, signed)) least = entry;
    if (isLess(most, entry, signed)) most = entry;
  }
  store<u32>(to, least as u32);
  store<u32>(to, most as u32, 4);
}

function isLess(a: usize, b: usize, signed: bool): bool {
  const lengthA = load<u32>(a, 4);
  const lengthB = load<u32>(b, 4);
  const atA = load<u32>(a) as usize;
  const atB = load<u32>(b) as usize;
  if (signed) {
    const negative = load<i8>(atA) < 0;
    if (negative != load<i8>(atB) < 0) return negative;
  }
  const prefixA = prefix(atA, lengthA);
  const prefixB = prefix(atB, lengthB);
  if (prefixA != prefixB) return prefixA < prefixB;
  const order = memory.compare(atA, atB, min(lengthA, lengthB));
  return order != 0 ? order < 0 : lengthA < lengthB;
}

/** Returns the first eight bytes as a number with the same order. Pads a shorter text with zeros. */
function prefix(at: usize, length: u32): u64 {
  const bytes = bswap<u64>(load<u64>(at));
  return length >= 8 ? bytes : bytes & ~(u64.MAX_VALUE >> ((length as u64) << 3));
}
