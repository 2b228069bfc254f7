import { isNullWord } from './nullWords';
import { digit, dropSpaces, endOf, SPACE, skipSpaces, startOf } from './plain';

/**
 * Reads dates of the forms 2026-02-08 and 08/02/2026 (with -, / or .), alone or followed by a time like `T10:30:00`.
 * Values: microseconds since 1970. Counts: year first, valid with the day first, valid with the month first, with a
 * time. A date that is not valid in the requested order is unproven; with `daysOnly`, so is a date with a time other
 * than midnight. With `zoned`, a time must be followed by a UTC offset: `Z` or `+02:00`.
 */
export function readDates(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  unproven: usize,
  counts: usize,
  monthFirst: bool,
  daysOnly: bool,
  zoned: bool,
): u32 {
  let unprovenRows: u32 = 0;
  let ymd = load<u32>(counts);
  let dmy = load<u32>(counts, 4);
  let mdy = load<u32>(counts, 8);
  let timed = load<u32>(counts, 12);
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    store<u8>(valid + row, 0);
    const field = load<u64>(fields);
    if (field >> 32 == 0) continue;
    const at = skipSpaces(startOf(field), endOf(field));
    const end = dropSpaces(at, endOf(field));
    const length = (end - at) as u32;
    let plain = false;
    let micros: i64 = 0;
    const offset = zoned ? offsetOf(at + 19, length) : 0;
    // Other offsets may lead out of the years 1 to 9999.
    const first = offset === 0 ? 1 : 2;
    const last = 10000 - first;
    if (zoned ? offset !== NO_OFFSET : length === 10 || length === 19) {
      const time = length >= 19 ? timeOf(at + 10) : 0;
      if (time === 0 || (time > 0 && !daysOnly)) {
        const yearFirst = separator(load<u8>(at, 4)) && separator(load<u8>(at, 7));
        if (yearFirst) {
          const year = yearOf(two(at), two(at + 2));
          const month = two(at + 5);
          const day = two(at + 8);
          if (isDay(year, month, day) && year >= first && year <= last) {
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
          if ((monthFirst ? asMdy : asDmy) && year >= first && year <= last) {
            plain = true;
            if (asDmy) dmy++;
            if (asMdy) mdy++;
            micros = monthFirst ? daysOf(year, left, right) : daysOf(year, right, left);
          }
        }
        if (plain && length >= 19) timed++;
        micros = micros * 86400000000 + time - (offset as i64) * 60000000;
      }
    }
    if (plain) {
      store<i64>(values + ((row as usize) << 3), micros);
      store<u8>(valid + row, 1);
    } else if (!isNullWord(at, length)) {
      store<u32>(unproven + (unprovenRows++ << 2), row);
    }
  }
  store<u32>(counts, ymd);
  store<u32>(counts, dmy, 4);
  store<u32>(counts, mdy, 8);
  store<u32>(counts, timed, 12);
  return unprovenRows;
}

const BAD: i32 = 10000;

function separator(byte: u8): bool {
  return byte === 45 || byte === 47 || byte === 46;
}

/** Returns the number of two digits; BAD for anything else. */
function two(at: usize): i32 {
  const tens = digit(load<u8>(at));
  const ones = digit(load<u8>(at, 1));
  return tens > 9 || ones > 9 ? BAD : ((tens * 10 + ones) as i32);
}

/** Returns the year of two two-digit numbers; BAD if one of them is BAD. */
function yearOf(century: i32, year: i32): i32 {
  return century >= BAD || year >= BAD ? BAD : century * 100 + year;
}

/** Returns whether the Gregorian calendar has the day. */
function isDay(year: i32, month: i32, day: i32): bool {
  if (year < 1 || year >= BAD || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  return day <= last;
}

/** Returns the days since 1970-01-01 of a valid day. @see Hinnant, "chrono-compatible low-level date algorithms" */
function daysOf(year: i32, month: i32, day: i32): i64 {
  const y = (month <= 2 ? year - 1 : year) as u32;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = ((153 * (month + (month > 2 ? -3 : 9)) + 2) as u32) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return ((era * 146097 + dayOfEra) as i64) - 719468;
}

const NO_OFFSET: i32 = 10000;

/** Returns the minutes of the UTC offset after a date and time of 19 bytes, which ends a text of this length. */
function offsetOf(at: usize, length: u32): i32 {
  const sign = load<u8>(at);
  if (length === 20 && sign === 90) return 0;
  if (length !== 25 || (sign !== 43 && sign !== 45) || load<u8>(at, 3) !== 58) return NO_OFFSET;
  const hours = two(at + 1);
  const minutes = two(at + 4);
  if (hours > 23 || minutes > 59) return NO_OFFSET;
  return sign === 45 ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/** Returns the microseconds of `T10:30:00` or ` 10:30:00`; -1 for anything else. */
function timeOf(at: usize): i64 {
  const lead = load<u8>(at);
  if ((lead !== 84 && lead !== SPACE) || load<u8>(at, 3) !== 58 || load<u8>(at, 6) !== 58) return -1;
  const hours = two(at + 1);
  const minutes = two(at + 4);
  const seconds = two(at + 7);
  if (hours > 23 || minutes > 59 || seconds > 59) return -1;
  return (((hours * 60 + minutes) * 60 + seconds) as i64) * 1000000;
}
