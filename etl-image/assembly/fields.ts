import { findClosingQuote, maskOf, maskOf3, sawDoubled } from './scan';

const LF: u8 = 10;
const CR: u8 = 13;

/** Status bytes of rows. src/engine/kernel/readGroup.ts has the same numbers. */
const GOOD: u8 = 0;
const BLANK: u8 = 1;
const TOO_FEW: u8 = 2;
const TOO_MANY: u8 = 3;
const MISQUOTED: u8 = 4;
const STRAY_CR: u8 = 5;

/**
 * Splits up to `maxRows` whole rows, starting at `input`, into fields. For each row, stores its address (u32) at
 * `starts` and its status (u8) at `status`. For the i-th good row, stores the row's number (u32) at `numbers` and, for
 * column c, the field's address and length (u32 each; length 0 is null) at `fields` + (i * columns + c) * 8. Fields
 * exclude their quotes; a field with doubled quotes is copied to `unescaped` with single ones.
 *
 * Rows whose `status` is nonzero on entry are skipped and keep their status. Stores at `report` (u32 each): rows, good
 * rows, the address after the last row, and the address after the last unescaped field.
 */
export function readFields(
  input: usize,
  end: usize,
  delimiter: u8,
  quote: u8,
  lineEnd: u8,
  columns: u32,
  maxRows: u32,
  fields: usize,
  numbers: usize,
  starts: usize,
  status: usize,
  unescaped: usize,
  report: usize,
): void {
  const delimiters = i8x16.splat(delimiter as i8);
  const quotes = i8x16.splat(quote as i8);
  const lineEnds = i8x16.splat(lineEnd as i8);
  const crs = i8x16.splat(CR as i8);
  const rowBytes = (columns as usize) << 3;
  let rows: u32 = 0;
  let good: u32 = 0;
  let rowStart = input;
  let fieldStart = input;
  let field = fields;
  let fieldsEnd = fields + rowBytes;
  let extra: u32 = 0; // fields after the last column
  let trouble = GOOD;
  let filled: u32 = 0;
  let closed = false; // the field was quoted and is already stored
  let block = input;
  while (rows < maxRows && rowStart < end) {
    if (block < end) {
      const inside: u64 = block + 64 > end ? ((1 as u64) << ((end - block) as u64)) - 1 : u64.MAX_VALUE;
      const quoteMask = maskOf(block, quotes) & inside;
      let mask = (maskOf3(block, delimiters, lineEnds, crs) & inside) | quoteMask;
      while (mask != 0) {
        const at = block + (ctz(mask) as usize);
        const byte = load<u8>(at);
        mask &= mask - 1;
        if (byte == delimiter) {
          if (field >= fieldsEnd) {
            extra++;
          } else {
            if (!closed) filled |= storeField(field, fieldStart, at);
            field += 8;
          }
          closed = false;
          fieldStart = at + 1;
        } else if (byte == lineEnd) {
          const fieldEnd = lineEnd == LF && at > rowStart && load<u8>(at - 1) == CR ? at - 1 : at;
          if (field >= fieldsEnd) extra++;
          else if (!closed) filled |= storeField(field, fieldStart, fieldEnd);
          store<u32>(starts + (rows << 2), rowStart as u32);
          const full = field + 8 == fieldsEnd;
          const found = statusOf(status + rows, trouble, full, extra, filled, fieldEnd == rowStart);
          if (found == GOOD) {
            store<u32>(numbers + (good++ << 2), rows);
            fields += rowBytes;
            fieldsEnd += rowBytes;
          }
          rows++;
          field = fields;
          extra = 0;
          trouble = GOOD;
          filled = 0;
          closed = false;
          rowStart = at + 1;
          fieldStart = rowStart;
          if (rows == maxRows) break;
        } else if (byte == quote) {
          if (at == fieldStart && !closed) {
            // Most fields end in this block, without a doubled quote. `mask` has no bits up to the opening quote.
            let close = block + (ctz(quoteMask & mask) as usize);
            let doubled = false;
            if ((quoteMask & mask) == 0 || close + 1 >= end || load<u8>(close + 1) == quote) {
              close = findClosingQuote(at + 1, end, quote, true);
              doubled = sawDoubled;
              if (close >= end) trouble = MISQUOTED;
            }
            filled |= (close - at - 1) as u32;
            if (field < fieldsEnd) {
              if (doubled) unescaped = storeUnescaped(field, at + 1, close, quote, unescaped);
              else storeField(field, at + 1, close);
            }
            closed = true;
            const behind = close + 1;
            if (behind < end) {
              const next = load<u8>(behind);
              const ends =
                next == delimiter || next == lineEnd || (next == CR && lineEnd == LF && endsLine(behind, end));
              if (!ends) trouble = MISQUOTED;
            }
            const offset = behind - block;
            if (offset < 64) {
              mask &= u64.MAX_VALUE << (offset as u64);
            } else {
              block = behind - 64;
              mask = 0;
            }
          }
        } else if (!(lineEnd == LF && endsLine(at, end))) {
          if (trouble == GOOD) trouble = STRAY_CR;
        }
      }
      block += 64;
    }
    if (block >= end && rowStart < end && rows < maxRows) {
      // The last row, without a line end.
      const fieldEnd = lineEnd == LF && end > rowStart && load<u8>(end - 1) == CR ? end - 1 : end;
      if (field >= fieldsEnd) extra++;
      else if (!closed) filled |= storeField(field, fieldStart, max(fieldStart, fieldEnd));
      const full = field + 8 == fieldsEnd;
      const found = statusOf(status + rows, trouble, full, extra, filled, fieldEnd == rowStart);
      store<u32>(starts + (rows << 2), rowStart as u32);
      if (found == GOOD) store<u32>(numbers + (good++ << 2), rows);
      rows++;
      rowStart = end;
    }
  }
  store<u32>(report, rows);
  store<u32>(report, good, 4);
  store<u32>(report, rowStart as u32, 8);
  store<u32>(report, unescaped as u32, 12);
}

/** Stores a field and returns its length. */
function storeField(field: usize, start: usize, end: usize): u32 {
  const length = (end - start) as u32;
  store<u64>(field, ((length as u64) << 32) | (start as u64));
  return length;
}

/** Stores a field with its doubled quotes unescaped. Returns the address after the unescaped bytes. */
function storeUnescaped(field: usize, start: usize, end: usize, quote: u8, to: usize): usize {
  const begin = to;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    store<u8>(to++, byte);
    if (byte == quote) at++;
  }
  storeField(field, begin, to);
  return to;
}

function endsLine(cr: usize, end: usize): bool {
  return cr + 1 >= end || load<u8>(cr + 1) == LF;
}

/** `full`: the last field was the last column's. `extra`: fields after it. `filled`: 0 if all fields are empty. */
function statusOf(status: usize, trouble: u8, full: bool, extra: u32, filled: u32, empty: bool): u8 {
  let is = load<u8>(status);
  if (is == GOOD || empty) {
    if (empty) is = BLANK;
    else if (trouble != GOOD) is = trouble;
    else if (extra > 0) is = TOO_MANY;
    else if (!full) is = TOO_FEW;
    else is = filled != 0 ? GOOD : BLANK;
    store<u8>(status, is);
  }
  return is;
}
