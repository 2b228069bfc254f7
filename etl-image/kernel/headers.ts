import { endOf, SPACE, startOf } from './plain';

const TAB: u8 = 9;
const FOLD: u64 = 0x2020202020202020;

/**
 * Rows in which a column's field begins with a word of up to eight bytes, whatever the case of its letters, and behind a byte order
 * mark, spaces and a quote. Their numbers go to `found`; returns how many there are.
 */
export function rowsThatBegin(
  fields: usize,
  stride: usize,
  rows: u32,
  quote: u8,
  word: usize,
  length: u32,
  found: usize,
): u32 {
  const mask: u64 = length >= 8 ? u64.MAX_VALUE : ((1 as u64) << (length << 3)) - 1;
  const wanted = (load<u64>(word) | FOLD) & mask;
  let count: u32 = 0;
  for (let row: u32 = 0; row < rows; row++, fields += stride) {
    const field = load<u64>(fields);
    let at = startOf(field);
    const first = load<u8>(at);
    if (first === 0xef || first === SPACE || first === TAB || first === quote) at = skipFront(at, endOf(field), quote);
    if (((load<u64>(at) | FOLD) & mask) === wanted) store<u32>(found + (count++ << 2), row);
  }
  return count;
}

function skipFront(at: usize, end: usize, quote: u8): usize {
  if (load<u8>(at) === 0xef && load<u16>(at, 1) === 0xbfbb) at += 3;
  while (at < end && (load<u8>(at) === SPACE || load<u8>(at) === TAB || load<u8>(at) === quote)) at++;
  return at;
}
