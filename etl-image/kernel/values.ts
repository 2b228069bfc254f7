/**
 * Typed values of a column, as far as their texts are plain: every text is either proved to be its value, or handed on as
 * `odd` for the rules in src/transformers/texts.ts to judge. Nothing here decides; it only saves asking about the 99 %.
 *
 * All take a column's first field (`fields` + 8 * column) and the bytes between rows (`stride`); they store `values` (8 bytes a
 * row) and `valid` (a byte a row), the numbers of odd rows at `odd`, and add to `counts` (u32 each, in the order told). They
 * return how many rows are odd.
 */

const SPACE: u8 = 32;

function digit(byte: u8): u32 {
  return (byte as u32) - 48;
}

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

/** NA, N/A, n/a, null, NULL, Null, NaN, nan, None, none: `nullWords` in src/transformers/texts.ts. */
function isNullWord(at: usize, length: u32): bool {
  if (length === 2) return load<u16>(at) === 0x414e;
  if (length === 3) {
    const word = <u32>load<u16>(at) | ((<u32>load<u8>(at, 2)) << 16);
    return word === 0x412f4e || word === 0x612f6e || word === 0x4e614e || word === 0x6e616e;
  }
  if (length !== 4) return false;
  const word = load<u32>(at);
  return (
    word === 0x6c6c756e || word === 0x4c4c554e || word === 0x6c6c754e || word === 0x656e6f4e || word === 0x656e6f6e
  );
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
    let at = load<u32>(fields) as usize;
    let length = load<u32>(fields, 4);
    if (length === 0) continue;
    while (length > 0 && load<u8>(at) === SPACE) {
      at++;
      length--;
    }
    while (length > 0 && load<u8>(at + length - 1) === SPACE) length--;
    const end = at + length;
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
    let at = load<u32>(fields) as usize;
    let length = load<u32>(fields, 4);
    if (length === 0) continue;
    while (length > 0 && load<u8>(at) === SPACE) {
      at++;
      length--;
    }
    while (length > 0 && load<u8>(at + length - 1) === SPACE) length--;
    const end = at + length;
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

/** `true` and `false` in any case. Counts: values. */
export function readBooleans(
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
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    store<u8>(valid + row, 0);
    let at = load<u32>(fields) as usize;
    let length = load<u32>(fields, 4);
    if (length === 0) continue;
    while (length > 0 && load<u8>(at) === SPACE) {
      at++;
      length--;
    }
    while (length > 0 && load<u8>(at + length - 1) === SPACE) length--;
    const word = length >= 4 ? load<u32>(at) | 0x20202020 : 0;
    const yes = length === 4 && word === 0x65757274;
    const no = length === 5 && word === 0x736c6166 && (load<u8>(at, 4) | 0x20) === 0x65;
    if (yes || no) {
      seen++;
      store<i64>(values + ((row as usize) << 3), yes ? 1 : 0);
      store<u8>(valid + row, 1);
    } else if (!isNullWord(at, length)) {
      store<u32>(odd + (odds++ << 2), row);
    }
  }
  store<u32>(counts, seen);
  return odds;
}

/**
 * Dates of the shapes 2026-02-08 and 08/02/2026 (with -, / or .), by themselves or followed by a time as in `T10:30:00`.
 * Values: microseconds since 1970. Counts: year first, valid with the day first, valid with the month first, with a time.
 * A date that is none in the order asked for is odd.
 */
export function readDates(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  odd: usize,
  counts: usize,
  monthFirst: bool,
): u32 {
  let odds: u32 = 0;
  let ymd = load<u32>(counts);
  let dmy = load<u32>(counts, 4);
  let mdy = load<u32>(counts, 8);
  let timed = load<u32>(counts, 12);
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    store<u8>(valid + row, 0);
    let at = load<u32>(fields) as usize;
    let length = load<u32>(fields, 4);
    if (length === 0) continue;
    while (length > 0 && load<u8>(at) === SPACE) {
      at++;
      length--;
    }
    while (length > 0 && load<u8>(at + length - 1) === SPACE) length--;
    let plain = false;
    let micros: i64 = 0;
    if (length === 10 || length === 19) {
      const time = length === 19 ? timeOf(at + 10) : 0;
      if (time >= 0) {
        const yearFirst = separator(load<u8>(at, 4)) && separator(load<u8>(at, 7));
        if (yearFirst) {
          const year = yearOf(two(at), two(at + 2));
          const month = two(at + 5);
          const day = two(at + 8);
          if (isDay(year, month, day)) {
            plain = true;
            ymd++;
            micros = daysOf(year, month, day);
          }
        } else if (separator(load<u8>(at, 2)) && separator(load<u8>(at, 5))) {
          const year = yearOf(two(at + 6), two(at + 8));
          const left = two(at);
          const right = two(at + 3);
          const asDmy = isDay(year, right, left);
          const asMdy = isDay(year, left, right);
          if (monthFirst ? asMdy : asDmy) {
            plain = true;
            if (asDmy) dmy++;
            if (asMdy) mdy++;
            micros = monthFirst ? daysOf(year, left, right) : daysOf(year, right, left);
          }
        }
        if (plain && length === 19) timed++;
        micros = micros * 86400000000 + time;
      }
    }
    if (plain) {
      store<i64>(values + ((row as usize) << 3), micros);
      store<u8>(valid + row, 1);
    } else if (!isNullWord(at, length)) {
      store<u32>(odd + (odds++ << 2), row);
    }
  }
  store<u32>(counts, ymd);
  store<u32>(counts, dmy, 4);
  store<u32>(counts, mdy, 8);
  store<u32>(counts, timed, 12);
  return odds;
}

const BAD: i32 = 10000;

function separator(byte: u8): bool {
  return byte === 45 || byte === 47 || byte === 46;
}

/** The number of two digits; above BAD for anything else. */
function two(at: usize): i32 {
  const tens = digit(load<u8>(at));
  const ones = digit(load<u8>(at, 1));
  return tens > 9 || ones > 9 ? BAD : ((tens * 10 + ones) as i32);
}

/** Above BAD unless both are numbers of two digits. */
function yearOf(century: i32, year: i32): i32 {
  return century >= BAD || year >= BAD ? BAD : century * 100 + year;
}

/** Whether there is such a day in the Gregorian calendar. */
function isDay(year: i32, month: i32, day: i32): bool {
  if (year < 1 || year >= BAD || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  return day <= last;
}

/** Days since 1970-01-01 of a day that there is (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysOf(year: i32, month: i32, day: i32): i64 {
  const y = (month <= 2 ? year - 1 : year) as u32;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = ((153 * (month + (month > 2 ? -3 : 9)) + 2) as u32) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return ((era * 146097 + dayOfEra) as i64) - 719468;
}

/** Microseconds of `T10:30:00` or ` 10:30:00`; -1 for anything else. */
function timeOf(at: usize): i64 {
  const lead = load<u8>(at);
  if ((lead !== 84 && lead !== SPACE) || load<u8>(at, 3) !== 58 || load<u8>(at, 6) !== 58) return -1;
  const hours = two(at + 1);
  const minutes = two(at + 4);
  const seconds = two(at + 7);
  if (hours > 23 || minutes > 59 || seconds > 59) return -1;
  return (((hours * 60 + minutes) * 60 + seconds) as i64) * 1000000;
}

/** Where the texts are: their fields, one after the other. Null is not valid. */
export function readTexts(fields: usize, stride: usize, rows: u32, values: usize, valid: usize): void {
  for (let row: u32 = 0; row < rows; row++, fields += stride, values += 8) {
    const field = load<u64>(fields);
    store<u64>(values, field);
    store<u8>(valid + row, field >> 32 != 0 ? 1 : 0);
  }
}

/**
 * For columns that hold text so far. Odd are, where `all` is set, all values, else those that begin like a number (after
 * spaces), as a date does. Counts: values that are neither odd nor words for null.
 */
export function watchTexts(texts: usize, rows: u32, odd: usize, counts: usize, all: bool): u32 {
  let odds: u32 = 0;
  let seen = load<u32>(counts);
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    let at = load<u32>(texts) as usize;
    let length = load<u32>(texts, 4);
    if (length == 0) continue;
    while (length > 0 && load<u8>(at) == SPACE) {
      at++;
      length--;
    }
    while (length > 0 && load<u8>(at + length - 1) == SPACE) length--;
    if (isNullWord(at, length)) continue;
    if (all || (length > 0 && digit(load<u8>(at)) <= 9)) store<u32>(odd + (odds++ << 2), row);
    else seen++;
  }
  store<u32>(counts, seen);
  return odds;
}
