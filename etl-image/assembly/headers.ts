import { endOf, SPACE, startOf } from './plain';

const TAB: u8 = 9;
const FOLD: u64 = 0x2020202020202020;
/** `sep=`, which starts the first field of a separator hint. */
const HINT: u32 = 0x3d706573;

/**
 * Finds rows that may repeat the header: rows in which the field of `column` starts with a word of up to eight bytes,
 * and rows whose first field starts with `sep=`. Ignores case, and skips a byte order mark, spaces and quotes. Stores
 * the row numbers at `found` and returns their count.
 */
export function maybeHeaders(
  fields: usize,
  stride: usize,
  rows: u32,
  quote: u8,
  column: u32,
  word: usize,
  length: u32,
  found: usize,
): u32 {
  const mask: u64 = length >= 8 ? u64.MAX_VALUE : ((1 as u64) << (length << 3)) - 1;
  const wanted = (load<u64>(word) | FOLD) & mask;
  const offset = (column as usize) << 3;
  const first = wanted as u8;
  let count: u32 = 0;
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    const begin = beginOf(fields, quote);
    const other = offset === 0 ? begin : beginOf(fields + offset, quote);
    // The first byte excludes most rows.
    if ((load<u8>(other) | 0x20) !== first && (load<u8>(begin) | 0x20) !== (HINT as u8)) continue;
    if (((load<u64>(other) | FOLD) & mask) === wanted || (load<u32>(begin) | (FOLD as u32)) === HINT)
      store<u32>(found + (count++ << 2), row);
  }
  return count;
}

/** Returns the start of a field's text. */
function beginOf(field: usize, quote: u8): usize {
  const place = load<u64>(field);
  const at = startOf(place);
  const first = load<u8>(at);
  const front = first === 0xef || first === SPACE || first === TAB || first === quote;
  return front ? skipFront(at, endOf(place), quote) : at;
}

function skipFront(at: usize, end: usize, quote: u8): usize {
  if (load<u8>(at) === 0xef && load<u16>(at, 1) === 0xbfbb) at += 3;
  while (at < end && (load<u8>(at) === SPACE || load<u8>(at) === TAB || load<u8>(at) === quote)) at++;
  return at;
}
