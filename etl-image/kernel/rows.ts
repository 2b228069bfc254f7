import { findClosingQuote, findEither } from './scan';

/**
 * Finds where rows end, aware of quotes: a quote opens a field only at the field's beginning. Looks at [at, end) for at most
 * `maxRows` rows and stores at `found`: rows (u32), then the place behind the last of them (u32). `last`: nothing follows.
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
  let rows: u32 = 0;
  let start = at;
  while (rows < maxRows && start < end) {
    const next = rowEnd(start, end, delimiter, quote, lineEnd, last);
    if (next === 0) break;
    start = next;
    rows++;
  }
  store<u32>(found, rows);
  store<u32>(found + 4, start as u32);
}

/** The place behind a row; 0 when its end is not there (yet). */
export function rowEnd(start: usize, end: usize, delimiter: u8, quote: u8, lineEnd: u8, last: bool): usize {
  let at = start;
  while (at < end) {
    at = findEither(at, end, lineEnd, quote);
    if (at >= end) break;
    if (load<u8>(at) === lineEnd) return at + 1;
    if (at === start || load<u8>(at - 1) === delimiter) {
      at = findClosingQuote(at + 1, end, quote, last);
      if (at >= end) return 0; // never closed, when this is the end
    }
    at++;
  }
  return last ? end : 0;
}
