import { isNullWord } from './nullWords';
import { digit, dropSpaces, endOf, skipSpaces, startOf } from './plain';

/** Reads `true` and `false` in any case. Counts: values. */
export function readBooleans(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  unproven: usize,
  counts: usize,
): u32 {
  let unprovenRows: u32 = 0;
  let seen = load<u32>(counts);
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    store<u8>(valid + row, 0);
    const field = load<u64>(fields);
    if (field >> 32 == 0) continue;
    const at = skipSpaces(startOf(field), endOf(field));
    const end = dropSpaces(at, endOf(field));
    const length = (end - at) as u32;
    const word = length >= 4 ? load<u32>(at) | 0x20202020 : 0;
    const yes = length === 4 && word === 0x65757274;
    const no = length === 5 && word === 0x736c6166 && (load<u8>(at, 4) | 0x20) === 0x65;
    if (yes || no) {
      seen++;
      store<i64>(values + ((row as usize) << 3), yes ? 1 : 0);
      store<u8>(valid + row, 1);
    } else if (!isNullWord(at, length)) {
      store<u32>(unproven + (unprovenRows++ << 2), row);
    }
  }
  store<u32>(counts, seen);
  return unprovenRows;
}

/** Stores the fields of a text column contiguously. Empty fields are null. */
export function readTexts(fields: usize, stride: usize, rows: u32, values: usize, valid: usize): void {
  for (let row: u32 = 0; row < rows; row++, fields += stride, values += 8) {
    const field = load<u64>(fields);
    store<u64>(values, field);
    store<u8>(valid + row, field >> 32 != 0 ? 1 : 0);
  }
}

/** Stores empty values: all of them are unproven. */
export function readNothing(
  fields: usize,
  stride: usize,
  rows: u32,
  values: usize,
  valid: usize,
  unproven: usize,
): u32 {
  let unprovenRows: u32 = 0;
  for (let row: u32 = 0; row < rows; row++, fields += stride, values += 8) {
    store<u64>(values, 0);
    store<u8>(valid + row, 0);
    if (load<u32>(fields, 4) != 0) store<u32>(unproven + (unprovenRows++ << 2), row);
  }
  return unprovenRows;
}

/** Maximum length of a date. Equal to `longestDate` in src/types/otherDates.ts. */
const LONGEST_DATE: u32 = 64;

/**
 * Examines text columns that may hold dates. Values with a digit and at most LONGEST_DATE bytes are unproven. Counts:
 * values that are neither unproven nor words for null.
 */
export function watchDates(texts: usize, rows: u32, unproven: usize, counts: usize): u32 {
  let unprovenRows: u32 = 0;
  let seen = load<u32>(counts);
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    const text = load<u64>(texts);
    if (text >> 32 == 0) continue;
    const at = skipSpaces(startOf(text), endOf(text));
    const end = dropSpaces(at, endOf(text));
    const length = (end - at) as u32;
    if (isNullWord(at, length)) continue;
    if (length <= LONGEST_DATE && hasDigit(at, end)) store<u32>(unproven + (unprovenRows++ << 2), row);
    else seen++;
  }
  store<u32>(counts, seen);
  return unprovenRows;
}

function hasDigit(at: usize, end: usize): bool {
  for (; at < end; at++) if (digit(load<u8>(at)) <= 9) return true;
  return false;
}
