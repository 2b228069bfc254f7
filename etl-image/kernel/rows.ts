import { countByte, findClosingQuote, maskOf } from './scan';

/**
 * Finds where rows end, aware of quotes: a quote opens a field only at the field's beginning. Looks at [at, end) for at most
 * `maxRows` rows and stores at `found` (u32 each): rows, the place behind the last of them, and line ends in them, those in
 * quotes included. `last`: nothing follows, and what is behind the last line end is a row, too.
 */
export function findRows(
  at: usize,
  end: usize,
  delimiter: u8,
  quote: u8,
  lineEnd: u8,
  maxRows: u32,
  last: bool,
  found: usize,
): void {
  const quotes = i8x16.splat(quote as i8);
  const lineEnds = i8x16.splat(lineEnd as i8);
  let rows: u32 = 0;
  let lines: u32 = 0;
  let quotedLines: u32 = 0; // of the row at hand
  let start = at;
  let block = at;
  let open = false;
  while (rows < maxRows && block < end) {
    const inside: u64 = block + 64 > end ? ((1 as u64) << ((end - block) as u64)) - 1 : u64.MAX_VALUE;
    let mask = (maskOf(block, quotes) | maskOf(block, lineEnds)) & inside;
    while (mask != 0) {
      const here = block + (ctz(mask) as usize);
      mask &= mask - 1;
      if (load<u8>(here) == lineEnd) {
        start = here + 1;
        rows++;
        lines += quotedLines + 1;
        quotedLines = 0;
        if (rows == maxRows) break;
      } else if (here == start || load<u8>(here - 1) == delimiter) {
        const close = findClosingQuote(here + 1, end, quote, last);
        if (close >= end) {
          open = true; // for good, when this is the end
          block = end;
          break;
        }
        quotedLines += countByte(here, close, lineEnd);
        const offset = close + 1 - block;
        if (offset < 64) {
          mask &= u64.MAX_VALUE << (offset as u64);
        } else {
          block = close + 1 - 64;
          mask = 0;
        }
      }
    }
    block += 64;
  }
  if (last && !open && start < end && rows < maxRows) {
    start = end;
    rows++;
    lines += quotedLines;
  }
  store<u32>(found, rows);
  store<u32>(found, start as u32, 4);
  store<u32>(found, lines, 8);
}
