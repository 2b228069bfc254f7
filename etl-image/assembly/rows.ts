import { countByte, findClosingQuote, maskOf } from './scan';

/**
 * Finds the ends of rows. A quote opens a quoted field only at the start of the field. Searches [at, end) for at most
 * `maxRows` rows and stores at `found` (u32 each): rows, the address after the last row, and line ends in the rows,
 * including those in quotes. `last`: the input ends at `end`, and bytes after the last line end are a row.
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
  let quotedLines: u32 = 0; // of the current row
  let start = at;
  let block = at;
  let open = false;
  while (rows < maxRows && block < end) {
    const inside: u64 = block + 64 > end ? ((1 as u64) << ((end - block) as u64)) - 1 : u64.MAX_VALUE;
    const quoteMask = maskOf(block, quotes) & inside;
    const lineMask = maskOf(block, lineEnds) & inside;
    const ends = popcnt(lineMask) as u32;
    if (quoteMask == 0 && rows + ends < maxRows) {
      // Most blocks have no quotes.
      if (ends != 0) {
        rows += ends;
        lines += quotedLines + ends;
        quotedLines = 0;
        start = block + 64 - (clz(lineMask) as usize);
      }
      block += 64;
      continue;
    }
    let mask = quoteMask | lineMask;
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
        // Most fields end in this block, without a doubled quote. `mask` has no bits up to the opening quote.
        let close = block + (ctz(quoteMask & mask) as usize);
        if ((quoteMask & mask) != 0 && close + 1 < end && load<u8>(close + 1) != quote) {
          const behind: u64 = close + 1 - block < 64 ? u64.MAX_VALUE << ((close + 1 - block) as u64) : 0;
          quotedLines += popcnt(lineMask & mask & ~behind) as u32;
          mask &= behind;
          continue;
        }
        close = findClosingQuote(here + 1, end, quote, last);
        if (close >= end) {
          open = true; // if this is the last input, the quote is never closed
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
