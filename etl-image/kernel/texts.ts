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

/**
 * For columns that hold text so far. Odd are, where `all` is set, all values, else those that begin like a number (after
 * spaces), as a date does. Counts: values that are neither odd nor words for null.
 */
export function watchTexts(texts: usize, rows: u32, odd: usize, counts: usize, all: bool): u32 {
  let odds: u32 = 0;
  let seen = load<u32>(counts);
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    const text = load<u64>(texts);
    if (text >> 32 == 0) continue;
    const at = skipSpaces(startOf(text), endOf(text));
    const length = (dropSpaces(at, endOf(text)) - at) as u32;
    if (isNullWord(at, length)) continue;
    if (all || (length > 0 && digit(load<u8>(at)) <= 9)) store<u32>(odd + (odds++ << 2), row);
    else seen++;
  }
  store<u32>(counts, seen);
  return odds;
}
