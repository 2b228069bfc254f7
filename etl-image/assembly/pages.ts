/*
 * The bodies of Parquet pages. `valid` has a byte per row: whether the row has a value.
 * @see Apache Parquet format, "Encodings"
 */

function writeVarint(value: u32, to: usize): usize {
  while (value > 127) {
    store<u8>(to++, (value & 127) | 128);
    value >>= 7;
  }
  store<u8>(to++, value);
  return to;
}

/** Counts the rows with a value. */
export function countValid(valid: usize, rows: u32): u32 {
  let present: u32 = 0;
  let row: u32 = 0;
  for (; row + 8 <= rows; row += 8) present += popcnt<u64>(load<u64>(valid + row)) as u32;
  for (; row < rows; row++) present += load<u8>(valid + row);
  return present;
}

/** Marks the rows with a value at `into`. */
export function mergeValid(valid: usize, rows: u32, into: usize): void {
  let row: u32 = 0;
  for (; row + 16 <= rows; row += 16) {
    v128.store(into + row, v128.or(v128.load(into + row), v128.load(valid + row)));
  }
  for (; row < rows; row++) store<u8>(into + row, load<u8>(into + row) | load<u8>(valid + row));
}

/**
 * Writes definition levels with a length prefix, for rows of which `present` have a value. Returns the bytes written.
 */
export function writeLevels(valid: usize, rows: u32, present: u32, to: usize): u32 {
  const body = to + 4;
  let end: usize;
  if (present == rows || present == 0) {
    end = writeVarint(rows << 1, body);
    store<u8>(end++, present == 0 ? 0 : 1);
  } else {
    end = writeVarint((((rows + 7) >> 3) << 1) | 1, body);
    let row: u32 = 0;
    // Packs eight bytes of 0 or 1 into the eight bits of one byte.
    for (; row + 8 <= rows; row += 8) store<u8>(end++, (load<u64>(valid + row) * 0x0102040810204080) >> 56);
    if (row < rows) {
      let byte: u32 = 0;
      for (let bit: u32 = 0; row < rows; row++, bit++) byte |= (load<u8>(valid + row) as u32) << bit;
      store<u8>(end++, byte);
    }
  }
  store<u32>(to, (end - body) as u32);
  return (end - to) as u32;
}

/** Writes dictionary indices: their bit width, then one bit-packed run. Returns the bytes written. */
export function writeIndices(indices: usize, count: u32, entries: u32, to: usize): u32 {
  const start = to;
  const width: u32 = entries <= 1 ? 1 : 32 - clz(entries - 1);
  store<u8>(to++, width);
  if (entries <= 1) {
    to = writeVarint(count << 1, to);
    store<u8>(to++, 0);
    return (to - start) as u32;
  }
  to = writeVarint((((count + 7) >> 3) << 1) | 1, to);
  let bits: u64 = 0;
  let used: u32 = 0;
  // A run consists of groups of eight: the last group is padded with zeros.
  const padded = (count + 7) & ~7;
  for (let i: u32 = 0; i < padded; i++) {
    const index: u64 = i < count ? load<u32>(indices + ((i as usize) << 2)) : 0;
    bits |= index << used;
    used += width;
    if (used >= 32) {
      store<u32>(to, bits as u32);
      to += 4;
      bits >>= 32;
      used -= 32;
    }
  }
  for (; used > 0; used = used > 8 ? used - 8 : 0) {
    store<u8>(to++, bits as u8);
    bits >>= 8;
  }
  return (to - start) as u32;
}

const microsPerDay: i64 = 86400000000;

/** Forms of values. src/engine/kernel/encodeGroup.ts has the same numbers. */
const EIGHT_BYTES: u32 = 0;
const DAYS: u32 = 1;

/**
 * Writes values in PLAIN encoding: eight bytes each, microseconds as days in four bytes, or the four low bytes. Returns
 * the bytes written.
 */
export function writeFixed(values: usize, valid: usize, rows: u32, form: u32, to: usize): u32 {
  const start = to;
  for (let row: u32 = 0; row < rows; row++, values += 8) {
    if (load<u8>(valid + row) != 0) to = writeValue(load<i64>(values), form, to);
  }
  return (to - start) as u32;
}

/** Writes the entries of a dictionary like `writeFixed`. */
export function writeFixedEntries(entries: usize, count: u32, form: u32, to: usize): u32 {
  const start = to;
  for (let i: u32 = 0; i < count; i++, entries += 8) to = writeValue(load<i64>(entries), form, to);
  return (to - start) as u32;
}

function writeValue(value: i64, form: u32, to: usize): usize {
  if (form === EIGHT_BYTES) {
    store<i64>(to, value);
    return to + 8;
  }
  const four = form === DAYS ? (value >= 0 ? value : value - microsPerDay + 1) / microsPerDay : value;
  store<i32>(to, four as i32);
  return to + 4;
}

/** Writes one bit per value. Returns the bytes written. */
export function writeBooleans(values: usize, valid: usize, rows: u32, to: usize): u32 {
  const start = to;
  let byte: u32 = 0;
  let used: u32 = 0;
  for (let row: u32 = 0; row < rows; row++, values += 8) {
    if (load<u8>(valid + row) == 0) continue;
    byte |= (load<u8>(values) as u32) << used;
    if (++used == 8) {
      store<u8>(to++, byte);
      byte = 0;
      used = 0;
    }
  }
  if (used > 0) store<u8>(to++, byte);
  return (to - start) as u32;
}

/** Stores the total length of texts (f64), in bytes, at `to`, and the greatest length (u32) at `to` + 8. */
export function measureTexts(texts: usize, count: u32, to: usize): void {
  let bytes: u64 = 0;
  let longest: u32 = 0;
  for (let i: u32 = 0; i < count; i++, texts += 8) {
    const length = load<u32>(texts, 4);
    bytes += length;
    longest = max(longest, length);
  }
  store<f64>(to, bytes as f64);
  store<u32>(to, longest, 8);
}

/** Writes each text, with a length prefix (u32) if `prefixed`. Returns the bytes written. */
export function writeTexts(texts: usize, valid: usize, rows: u32, prefixed: bool, to: usize): u32 {
  const start = to;
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    if (load<u8>(valid + row) != 0) to = writeText(texts, prefixed, to);
  }
  return (to - start) as u32;
}

/** Writes the entries of a dictionary like `writeTexts`. */
export function writeTextEntries(entries: usize, count: u32, prefixed: bool, to: usize): u32 {
  const start = to;
  for (let i: u32 = 0; i < count; i++, entries += 8) to = writeText(entries, prefixed, to);
  return (to - start) as u32;
}

function writeText(text: usize, prefixed: bool, to: usize): usize {
  const length = load<u32>(text, 4);
  if (prefixed) {
    store<u32>(to, length);
    to += 4;
  }
  memory.copy(to, load<u32>(text) as usize, length);
  return to + length;
}
