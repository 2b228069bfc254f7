import { digit, dropSpaces, endOf, isNullWord, skipSpaces, startOf } from './plain';

/** Ones in the lowest bytes of eight. */
function lowBytes(bytes: u32): u64 {
  return bytes >= 8 ? u64.MAX_VALUE : ((1 as u64) << ((bytes as u64) << 3)) - 1;
}

/** Up to eight digits that begin at the lowest byte, as eight: with zeros in front. */
function digitsOf(word: u64, digits: u32): u64 {
  const missing: u64 = ((8 - digits) as u64) << 3;
  return digits == 0 ? 0 : (word << missing) | (0x3030303030303030 & (((1 as u64) << missing) - 1));
}

function areDigits(word: u64): bool {
  return (
    ((word & 0xf0f0f0f0f0f0f0f0) | (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333
  );
}

/** The number of eight digits, of which the lowest byte is the first: pairs, then fours, then all at once. */
function numberOf(word: u64): u64 {
  word = ((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  word = ((word & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((word & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** Integers as they would be printed, of at most 18 digits. Counts: values, those beyond 2^53. */
export function readIntegers(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  odd: usize,
  counts: usize,
): u32 {
  let odds: u32 = 0;
  let seen = load<u32>(counts);
  let big = load<u32>(counts, 4);
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    store<u8>(valid + row, 0);
    const field = load<u64>(fields);
    if (field >> 32 == 0) continue;
    const at = skipSpaces(startOf(field), endOf(field));
    const end = dropSpaces(at, endOf(field));
    const length = (end - at) as u32;
    const negative = length > 0 && load<u8>(at) === 45;
    let p = negative ? at + 1 : at;
    const digits = (end - p) as u32;
    let plain = digits > 0 && digits <= 18 && (load<u8>(p) !== 48 || (digits === 1 && !negative));
    let value: u64 = 0;
    if (plain && digits <= 8) {
      const word = digitsOf(load<u64>(p), digits);
      plain = areDigits(word);
      value = numberOf(word);
    } else if (plain) {
      for (; p < end; p++) {
        const d = digit(load<u8>(p));
        if (d > 9) {
          plain = false;
          break;
        }
        value = value * 10 + d;
      }
    }
    if (plain) {
      seen++;
      if (value > 9007199254740992) big++;
      store<i64>(values + ((row as usize) << 3), negative ? -(value as i64) : (value as i64));
      store<u8>(valid + row, 1);
    } else if (!isNullWord(at, length)) {
      store<u32>(odd + (odds++ << 2), row);
    }
  }
  store<u32>(counts, seen);
  store<u32>(counts, big, 4);
  return odds;
}

/**
 * Decimal numbers without exponent, of at most 15 digits, which a double holds exactly (Clinger, 1990: a whole number below
 * 2^53 divided by a power of ten up to 10^22 is rounded once). Counts: integers, numbers with a decimal mark, and of those the
 * ones that cannot be thousands.
 */
export function readDecimals(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  odd: usize,
  counts: usize,
  mark: u8,
): u32 {
  let odds: u32 = 0;
  let integers = load<u32>(counts);
  let fractions = load<u32>(counts, 4);
  let sure = load<u32>(counts, 8);
  const marks: u64 = (mark as u64) * 0x0101010101010101;
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    store<u8>(valid + row, 0);
    const field = load<u64>(fields);
    if (field >> 32 == 0) continue;
    const at = skipSpaces(startOf(field), endOf(field));
    const end = dropSpaces(at, endOf(field));
    const length = (end - at) as u32;
    const negative = length > 0 && load<u8>(at) === 45;
    let p = negative ? at + 1 : at;
    const first = p;
    const length8 = (end - p) as u32;
    let markAt: usize = 0;
    let value: u64 = 0;
    let plain = length8 > 0 && length8 <= 16;
    if (plain && length8 <= 8) {
      let word = load<u64>(p);
      let digits = length8;
      const marked = ((word ^ marks) & lowBytes(length8)) | ~lowBytes(length8);
      const hit = (marked - 0x0101010101010101) & ~marked & 0x8080808080808080;
      if (hit != 0) {
        const bits = ctz(hit) - 7; // of the digits before the mark
        markAt = p + ((bits >> 3) as usize);
        const before: u64 = ((1 as u64) << bits) - 1;
        word = (word & before) | ((word >> 8) & ~before);
        digits--;
      }
      const text = digitsOf(word, digits);
      plain = areDigits(text);
      value = numberOf(text);
    } else if (plain) {
      for (; p < end; p++) {
        const byte = load<u8>(p);
        const d = digit(byte);
        if (d <= 9) value = value * 10 + d;
        else if (byte === mark && markAt === 0) markAt = p;
        else {
          plain = false;
          break;
        }
      }
    }
    if (plain) {
      const whole = ((markAt === 0 ? end : markAt) - first) as u32;
      const decimals = markAt === 0 ? 0 : ((end - markAt - 1) as u32);
      plain = whole + decimals <= 15 && (whole > 0 ? load<u8>(first) !== 48 || whole === 1 : markAt !== 0);
      if (markAt !== 0) plain = plain && decimals > 0;
      else plain = plain && !(negative && value === 0);
      if (plain) {
        let number = value as f64;
        if (markAt !== 0) {
          fractions++;
          if (decimals !== 3 || whole === 0 || whole > 3 || load<u8>(first) === 48) sure++;
          number = number / power(decimals);
        } else {
          integers++;
        }
        store<f64>(values + ((row as usize) << 3), negative ? -number : number);
        store<u8>(valid + row, 1);
        continue;
      }
    }
    if (!isNullWord(at, length)) store<u32>(odd + (odds++ << 2), row);
  }
  store<u32>(counts, integers);
  store<u32>(counts, fractions, 4);
  store<u32>(counts, sure, 8);
  return odds;
}

const powers = memory.data<f64>([1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]);

function power(exponent: u32): f64 {
  return load<f64>(powers + ((exponent as usize) << 3));
}
