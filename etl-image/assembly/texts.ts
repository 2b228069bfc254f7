import { digit, dropSpaces, endOf, isNullWord, skipSpaces, startOf } from './plain';

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
      store<u32>(odd + (odds++ << 2), row);
    }
  }
  store<u32>(counts, seen);
  return odds;
}

/** Where the texts are: their fields, one after the other. Null is not valid. */
export function readTexts(fields: usize, stride: usize, rows: u32, values: usize, valid: usize): void {
  for (let row: u32 = 0; row < rows; row++, fields += stride, values += 8) {
    const field = load<u64>(fields);
    store<u64>(values, field);
    store<u8>(valid + row, field >> 32 != 0 ? 1 : 0);
  }
}

/** Longer texts are not dates: `longestDate` in src/types/otherDates.ts. */
const LONGEST_DATE: u32 = 64;

/**
 * For text columns that may hold dates. Odd are values with a digit that are not too long. Counts: values that are neither odd
 * nor words for null.
 */
export function watchDates(texts: usize, rows: u32, odd: usize, counts: usize): u32 {
  let odds: u32 = 0;
  let seen = load<u32>(counts);
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    const text = load<u64>(texts);
    if (text >> 32 == 0) continue;
    const at = skipSpaces(startOf(text), endOf(text));
    const end = dropSpaces(at, endOf(text));
    const length = (end - at) as u32;
    if (isNullWord(at, length)) continue;
    if (length <= LONGEST_DATE && hasDigit(at, end)) store<u32>(odd + (odds++ << 2), row);
    else seen++;
  }
  store<u32>(counts, seen);
  return odds;
}

function hasDigit(at: usize, end: usize): bool {
  for (; at < end; at++) if (digit(load<u8>(at)) <= 9) return true;
  return false;
}
