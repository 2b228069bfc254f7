import { maskOf } from './scan';

/** Offsets in the state of `scanRows`, u32 each. */
const QUOTED: usize = 0;
const FIELD_STARTS: usize = 4;
const CLOSED: usize = 8;
const ROWS: usize = 12;
const NEXT: usize = 16;
const LINES: usize = 20;
const FIRST_END: usize = 24;
const LAST_END: usize = 28;
const LAST_LINES: usize = 32;
const LAST_QUOTE: usize = 36;

/**
 * Counts rows by the rules of `findRows` in a text that arrives in pieces. Starts at the start of a row or continues
 * after the previous piece, and stops after `maxRows` rows.
 *
 * State between pieces: whether a quote is open, whether a field starts here, whether the previous byte closed a quote.
 * Results: rows, the address where the scan stopped, line ends up to it, the addresses after the first and the last row
 * (0 without rows), line ends up to the latter, and the address after the last quote (0 without quotes).
 */
export function scanRows(
  at: usize,
  end: usize,
  delimiter: u8,
  quote: u8,
  lineEnd: u8,
  maxRows: u32,
  state: usize,
): void {
  const delimiters = i8x16.splat(delimiter as i8);
  const quotes = i8x16.splat(quote as i8);
  const lineEnds = i8x16.splat(lineEnd as i8);
  let quoted = load<u32>(state, QUOTED) != 0;
  let closed: usize = load<u32>(state, CLOSED) != 0 ? at : 0; // address after the last quote that closed a field
  let rows: u32 = 0;
  let lines: u32 = 0;
  let firstEnd: usize = 0;
  let lastEnd: usize = 0;
  let lastLines: u32 = 0;
  let lastQuote: usize = 0;
  let next = end;
  for (let block = at; block < end; block += 64) {
    const length = min<usize>(64, end - block) as u64;
    const inside: u64 = u64.MAX_VALUE >> (64 - length);
    const quoteMask = maskOf(block, quotes) & inside;
    const lineMask = maskOf(block, lineEnds) & inside;
    let ends = quoted ? 0 : lineMask; // of rows
    if (quoteMask != 0) {
      lastQuote = block + 64 - (clz(quoteMask) as usize);
      const first = block == at ? load<u32>(state, FIELD_STARTS) != 0 : endsField(block, delimiter, lineEnd);
      const starts = ((maskOf(block, delimiters) | lineMask) << 1) | (first as u64);
      // Assumes that every quote opens or closes a field. The assumption holds if each opening quote is at the start of
      // a field or directly after a closing one (an escaped quote).
      const open = quoted ? ~toggled(quoteMask) : toggled(quoteMask);
      const again = (quoteMask << 1) | ((closed == block) as u64);
      if ((quoteMask & open & ~(starts | again)) == 0) {
        ends = lineMask & ~open;
        quoted = ((open >> (length - 1)) & 1) != 0;
        if (!quoted && quoteMask >> (length - 1) != 0) closed = block + (length as usize);
      } else {
        ends = 0;
        for (let mask = quoteMask | lineMask; mask != 0; mask &= mask - 1) {
          const bit = mask & (0 - mask);
          const here = block + (ctz(mask) as usize);
          if ((lineMask & bit) != 0) {
            if (!quoted) ends |= bit;
          } else if (quoted) {
            quoted = false;
            closed = here + 1;
          } else {
            quoted = (starts & bit) != 0 || closed == here;
          }
        }
      }
    }
    if (ends != 0) {
      const count = popcnt(ends) as u32;
      if (rows == 0) firstEnd = block + (ctz(ends) as usize) + 1;
      if (rows + count >= maxRows) {
        for (; rows + 1 < maxRows; rows++) ends &= ends - 1;
        rows++;
        lastEnd = block + (ctz(ends) as usize) + 1;
        lines += popcnt(lineMask & (ends ^ (ends - 1))) as u32;
        lastLines = lines;
        next = lastEnd;
        lastQuote = 0;
        quoted = false;
        closed = 0;
        break;
      }
      rows += count;
      lastEnd = block + 64 - (clz(ends) as usize);
      lastLines = lines + (popcnt(lineMask & (u64.MAX_VALUE >> clz(ends))) as u32);
    }
    lines += popcnt(lineMask) as u32;
  }
  if (next > at) store<u32>(state, endsField(next, delimiter, lineEnd) as u32, FIELD_STARTS);
  store<u32>(state, quoted as u32, QUOTED);
  store<u32>(state, (closed == next) as u32, CLOSED);
  store<u32>(state, rows, ROWS);
  store<u32>(state, next as u32, NEXT);
  store<u32>(state, lines, LINES);
  store<u32>(state, firstEnd as u32, FIRST_END);
  store<u32>(state, lastEnd as u32, LAST_END);
  store<u32>(state, lastLines, LAST_LINES);
  store<u32>(state, lastQuote as u32, LAST_QUOTE);
}

/** Returns whether the byte before `at` ends a field, outside of quotes. */
function endsField(at: usize, delimiter: u8, lineEnd: u8): bool {
  const before = load<u8>(at - 1);
  return before == delimiter || before == lineEnd;
}

/** Returns the prefix parity: each bit is the number of set bits up to and including it, modulo 2. */
function toggled(mask: u64): u64 {
  mask ^= mask << 1;
  mask ^= mask << 2;
  mask ^= mask << 4;
  mask ^= mask << 8;
  mask ^= mask << 16;
  return mask ^ (mask << 32);
}
