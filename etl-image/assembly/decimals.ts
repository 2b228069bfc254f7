import { isNullWord } from './nullWords';
import { digit, dropSpaces, endOf, skipSpaces, startOf } from './plain';

/** Maximum digits of a value that is read here: each value of so many digits fits into 64 bits. */
const MAX_DIGITS: u32 = 18;

/**
 * Reads decimal numbers without exponent, with at most `wholeDigits` digits before the mark and `scale` after it, as
 * integers times 10^scale. With a `length`, stores each as a big-endian number of so many bytes at `bytes`, and its
 * address and length as the value. Counts: integers, numbers with a mark, those of them that cannot be thousands.
 */
export function readScaled(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  unproven: usize,
  counts: usize,
  mark: u8,
  wholeDigits: u32,
  scale: u32,
  bytes: usize,
  length: u32,
): u32 {
  let unprovenRows: u32 = 0;
  let integers = load<u32>(counts);
  let fractions = load<u32>(counts, 4);
  let sure = load<u32>(counts, 8);
  for (let row: u32 = 0; row < rows; row++, fields += stride, bytes += length) {
    store<u8>(valid + row, 0);
    // A null has no length: the lengths of all rows are added up.
    if (length !== 0) store<u64>(values + ((row as usize) << 3), 0);
    const field = load<u64>(fields);
    if (field >> 32 == 0) continue;
    const at = skipSpaces(startOf(field), endOf(field));
    const end = dropSpaces(at, endOf(field));
    const negative = end > at && load<u8>(at) === 45;
    const first = negative ? at + 1 : at;
    let markAt: usize = 0;
    let value: u64 = 0;
    let plain = end - first - 1 <= MAX_DIGITS;
    for (let p = first; plain && p < end; p++) {
      const byte = load<u8>(p);
      const d = digit(byte);
      if (d <= 9) value = value * 10 + d;
      else if (byte === mark && markAt === 0) markAt = p;
      else plain = false;
    }
    if (plain) {
      const whole = ((markAt === 0 ? end : markAt) - first) as u32;
      const decimals: u32 = markAt === 0 ? 0 : ((end - markAt - 1) as u32);
      const significant: u32 = whole === 1 && load<u8>(first) === 48 ? 0 : whole;
      plain = significant <= wholeDigits && decimals <= scale && whole + scale <= MAX_DIGITS;
      if (plain && (markAt === 0 ? whole > 0 : decimals > 0)) {
        value *= load<u64>(powers + (((scale - decimals) as usize) << 3));
        if (markAt === 0) integers++;
        else {
          fractions++;
          if (decimals !== 3 || whole === 0 || whole > 3 || load<u8>(first) === 48) sure++;
        }
        const number = negative ? -(value as i64) : (value as i64);
        if (length === 0) store<i64>(values + ((row as usize) << 3), number);
        else {
          memory.fill(bytes, number < 0 ? 255 : 0, length - 8);
          store<u64>(bytes + length - 8, bswap<u64>(number as u64));
          store<u64>(values + ((row as usize) << 3), ((length as u64) << 32) | (bytes as u64));
        }
        store<u8>(valid + row, 1);
        continue;
      }
    }
    if (!isNullWord(at, (end - at) as u32)) store<u32>(unproven + (unprovenRows++ << 2), row);
  }
  store<u32>(counts, integers);
  store<u32>(counts, fractions, 4);
  store<u32>(counts, sure, 8);
  return unprovenRows;
}

const powers = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
]);
