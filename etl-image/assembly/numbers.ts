import { isNullWord } from './nullWords';
import { digit, dropSpaces, endOf, skipSpaces, startOf } from './plain';

/** Returns a mask of the lowest bytes. */
function lowBytes(bytes: u32): u64 {
  return bytes >= 8 ? u64.MAX_VALUE : ((1 as u64) << ((bytes as u64) << 3)) - 1;
}

/** Pads up to eight digits, the first in the lowest byte, with leading zeros to eight. */
function digitsOf(word: u64, digits: u32): u64 {
  const missing: u64 = ((8 - digits) as u64) << 3;
  return digits == 0 ? 0 : (word << missing) | (0x3030303030303030 & (((1 as u64) << missing) - 1));
}

function areDigits(word: u64): bool {
  return (
    ((word & 0xf0f0f0f0f0f0f0f0) | (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333
  );
}

/** Returns the number of eight digits, the first in the lowest byte. Combines pairs, then fours, then all. */
function numberOf(word: u64): u64 {
  word = ((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  word = ((word & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((word & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** Returns whether an integer may be a date: 2026, 20260208, 20260208103000. Same rule as src/types/numbers.ts. */
function isDate(value: u64): bool {
  const day = value >= 10000000000000 ? value / 1000000 : value;
  if (day < 10000) return day === value && isYear(day);
  return isYear(day / 10000) && ((day / 100) % 100) - 1 < 12 && (day % 100) - 1 < 31;
}

function isYear(value: u64): bool {
  return value - 1900 < 200;
}

/** Counts the integers that may be dates. */
export function countDates(integers: usize, valid: usize, rows: u32): u32 {
  let count: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    if (load<u8>(valid + row) !== 0 && isDate(load<u64>(integers + ((row as usize) << 3)))) count++;
  }
  return count;
}

/** Offsets in `counts`, after the counts of each reader. */
const MAGNITUDES: usize = 16;
const LEADS: usize = 24;
const WRITTEN: usize = 28;
const DIFFERENT: usize = 92;
const NUMBERS: usize = 96;

/** Equal to `maxNumbers` in src/types/spellings.ts. */
const MAX_NUMBERS: u32 = 32;
const SLOTS: u32 = 64;

/**
 * Records a number and its number of decimals, for up to MAX_NUMBERS different numbers. DIFFERENT holds their count,
 * NUMBERS a hash table of numbers (f64) and notation bits (u32 at offset 8, 0 in an empty slot). Returns whether the
 * limit is not exceeded.
 */
function keepNumber(counts: usize, number: f64, decimals: u32): bool {
  const bits = reinterpret<u64>(number);
  const way: u32 = 1 << decimals;
  let slot = ((bits * 0x9e3779b97f4a7c15) >> 58) as u32;
  while (true) {
    const entry = counts + NUMBERS + ((slot as usize) << 4);
    const ways = load<u32>(entry, 8);
    if (ways === 0) {
      const different = load<u32>(counts + DIFFERENT) + 1;
      store<u32>(counts + DIFFERENT, different);
      store<u64>(entry, bits);
      store<u32>(entry, way, 8);
      return different <= MAX_NUMBERS;
    }
    if (load<u64>(entry) === bits) {
      if ((ways & way) === 0) store<u32>(entry, ways | way, 8);
      return true;
    }
    slot = (slot + 1) % SLOTS;
  }
}

/** Magnitude bits: the first bit is zero; UNIT is the bit of 10^0. */
const ZERO: u64 = 1;
const UNIT: u32 = 16;

/**
 * Reads integers in canonical form of at most `maxDigits` (up to 18) digits. Counts: values, values beyond 2^53; at MAGNITUDES (8 bytes)
 * bit 0 for zero, bit 16 + e for 10^e.
 */
export function readIntegers(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  unproven: usize,
  counts: usize,
  maxDigits: u32,
): u32 {
  let unprovenRows: u32 = 0;
  let seen = load<u32>(counts);
  let big = load<u32>(counts, 4);
  let magnitudes = load<u64>(counts + MAGNITUDES);
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
    let plain = digits > 0 && digits <= maxDigits && (load<u8>(p) !== 48 || (digits === 1 && !negative));
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
      magnitudes |= value === 0 ? ZERO : (1 as u64) << (UNIT + digits - 1);
      if (value > 9007199254740992) big++;
      store<i64>(values + ((row as usize) << 3), negative ? -(value as i64) : (value as i64));
      store<u8>(valid + row, 1);
    } else if (!isNullWord(at, length)) {
      store<u32>(unproven + (unprovenRows++ << 2), row);
    }
  }
  store<u32>(counts, seen);
  store<u32>(counts, big, 4);
  store<u64>(counts + MAGNITUDES, magnitudes);
  return unprovenRows;
}

/**
 * Reads decimal numbers without exponent of at most 15 digits, which round to a double correctly (Clinger, 1990: a
 * whole number below 2^53 divided by a power of ten up to 10^22 is rounded once). Counts: integers, numbers with a
 * decimal mark, those of them that cannot be thousands, integers that may be dates (if `dates`); MAGNITUDES like
 * `readIntegers`; the different numbers; at LEADS 1 for `.5` and 2 for `0.5`; at WRITTEN, for 0 to 15 decimals
 * (trailing zeros do not count), the written numbers of decimals as bits.
 */
export function readDecimals(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  unproven: usize,
  counts: usize,
  mark: u8,
  dates: bool,
): u32 {
  let unprovenRows: u32 = 0;
  let integers = load<u32>(counts);
  let fractions = load<u32>(counts, 4);
  let sure = load<u32>(counts, 8);
  let dated = load<u32>(counts, 12);
  let magnitudes = load<u64>(counts + MAGNITUDES);
  let leads = load<u32>(counts + LEADS);
  const written = counts + WRITTEN;
  let few = load<u32>(counts + DIFFERENT) <= MAX_NUMBERS;
  let unpadded: u32 = 0; // numbers of decimals that do not end in zero
  let padded: u32 = 0; // numbers of decimals that end in one zero
  let wholes: u32 = 0; // numbers of digits before the mark
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
        const way: u32 = 1 << decimals;
        if (markAt !== 0) {
          fractions++;
          if (whole === 0 || load<u8>(first) === 48) {
            sure++;
            leads |= whole === 0 ? 1 : 2;
            magnitudes |= value === 0 ? ZERO : (1 as u64) << (UNIT - leadingZeros(markAt + 1) - 1);
          } else {
            if (decimals !== 3 || whole > 3) sure++;
            wholes |= 1 << whole;
          }
          // One trailing zero is too frequent for a branch, which would often be mispredicted.
          const zero = u32(load<u8>(end - 1) === 48);
          const zeros = zero & u32(load<u8>(end - 2) === 48);
          unpadded |= way & (zero - 1);
          padded |= way & (zeros - zero);
          if (zeros !== 0) addWay(written, significantDecimals(markAt, end), way);
          number = number / power(decimals);
        } else {
          integers++;
          unpadded |= way;
          if (value === 0) magnitudes |= ZERO;
          else wholes |= 1 << whole;
          if (dates && !negative && isDate(value)) dated++;
        }
        if (negative) number = -number;
        if (few) few = keepNumber(counts, number, decimals);
        store<f64>(values + ((row as usize) << 3), number);
        store<u8>(valid + row, 1);
        continue;
      }
    }
    if (!isNullWord(at, length)) store<u32>(unproven + (unprovenRows++ << 2), row);
  }
  store<u32>(counts, integers);
  store<u32>(counts, fractions, 4);
  store<u32>(counts, sure, 8);
  store<u32>(counts, dated, 12);
  store<u64>(counts + MAGNITUDES, magnitudes | ((wholes as u64) << (UNIT - 1)));
  store<u32>(counts + LEADS, leads);
  for (; padded !== 0; padded &= padded - 1) addWay(written, ctz(padded) - 1, padded & -padded);
  for (; unpadded !== 0; unpadded &= unpadded - 1) addWay(written, ctz(unpadded), unpadded & -unpadded);
  return unprovenRows;
}

function addWay(written: usize, significant: u32, way: u32): void {
  const at = written + ((significant as usize) << 2);
  store<u32>(at, load<u32>(at) | way);
}

function significantDecimals(markAt: usize, end: usize): u32 {
  while (load<u8>(end - 1) === 48) end--;
  return (end - markAt - 1) as u32;
}

/** Counts the zeros from `at` on, before another digit. */
function leadingZeros(at: usize): u32 {
  let zeros: u32 = 0;
  while (load<u8>(at + zeros) === 48) zeros++;
  return zeros;
}

const powers = memory.data<f64>([1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]);

function power(exponent: u32): f64 {
  return load<f64>(powers + ((exponent as usize) << 3));
}
