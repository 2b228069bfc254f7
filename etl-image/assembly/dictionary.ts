/*
 * A column's different values, numbered in order of first appearance. A dictionary is abandoned when it exceeds its
 * maximum number of entries, or when most of its first values differ.
 *
 * State (u32 each): entries, slots of the hash table (a power of two; 0 once abandoned), values seen. The table grows
 * with its entries, because a table that fits into the processor's cache is several times as fast.
 */
const TRIAL_VALUES: u32 = 8192;
const TRIAL_ENTRIES: u32 = 6144;
const MAX_STEPS: u32 = 128;

/**
 * Initializes an empty dictionary. `table` starts with `slots` slots and needs room (u32 each) for twice the maximum
 * entries.
 */
export function openDictionary(state: usize, table: usize, slots: u32): void {
  store<u32>(state, 0);
  store<u32>(state, slots, 4);
  store<u32>(state, 0, 8);
  memory.fill(table, 0, slots << 2);
}

/**
 * Adds eight-byte values. Appends each new value to `entries` and the entry number (u32) of each value to `indices`.
 */
export function indexFixed(
  state: usize,
  table: usize,
  entries: usize,
  indices: usize,
  maxEntries: u32,
  values: usize,
  valid: usize,
  rows: u32,
): void {
  let known = load<u32>(state);
  let slots = load<u32>(state, 4);
  let seen = load<u32>(state, 8);
  if (slots == 0) return;
  let mask = slots - 1;
  for (let row: u32 = 0; row < rows; row++, values += 8) {
    if (load<u8>(valid + row) == 0) continue;
    const value = load<u64>(values);
    const first = hashOfFixed(value) & mask;
    let slot = first;
    let entry: u32;
    while (true) {
      entry = load<u32>(table + ((slot as usize) << 2));
      if (entry == 0) {
        if (isAbandoned(known, seen, maxEntries, (slot - first) & mask)) {
          store<u32>(state, 0, 4);
          return;
        }
        store<u64>(entries + ((known as usize) << 3), value);
        entry = ++known;
        store<u32>(table + ((slot as usize) << 2), entry);
        if (known << 1 > slots) {
          slots <<= 1;
          mask = slots - 1;
          memory.fill(table, 0, (slots as usize) << 2);
          for (let i: u32 = 0; i < known; i++)
            insert(table, mask, hashOfFixed(load<u64>(entries + ((i as usize) << 3))), i);
        }
        break;
      }
      if (load<u64>(entries + ((entry as usize) << 3) - 8) == value) break;
      slot = (slot + 1) & mask;
    }
    store<u32>(indices + ((seen++ as usize) << 2), entry - 1);
  }
  store<u32>(state, known);
  store<u32>(state, slots, 4);
  store<u32>(state, seen, 8);
}

/** Adds texts. A value and an entry are an address and a length. */
export function indexTexts(
  state: usize,
  table: usize,
  entries: usize,
  indices: usize,
  maxEntries: u32,
  texts: usize,
  valid: usize,
  rows: u32,
): void {
  let known = load<u32>(state);
  let slots = load<u32>(state, 4);
  let seen = load<u32>(state, 8);
  if (slots == 0) return;
  let mask = slots - 1;
  for (let row: u32 = 0; row < rows; row++, texts += 8) {
    if (load<u8>(valid + row) == 0) continue;
    const at = load<u32>(texts) as usize;
    const length = load<u32>(texts, 4);
    const first = hashOfText(at, length) & mask;
    let slot = first;
    let entry: u32;
    while (true) {
      entry = load<u32>(table + ((slot as usize) << 2));
      if (entry == 0) {
        if (isAbandoned(known, seen, maxEntries, (slot - first) & mask)) {
          store<u32>(state, 0, 4);
          return;
        }
        store<u64>(entries + ((known as usize) << 3), load<u64>(texts));
        entry = ++known;
        store<u32>(table + ((slot as usize) << 2), entry);
        if (known << 1 > slots) {
          slots <<= 1;
          mask = slots - 1;
          memory.fill(table, 0, (slots as usize) << 2);
          for (let i: u32 = 0; i < known; i++) {
            const other = entries + ((i as usize) << 3);
            insert(table, mask, hashOfText(load<u32>(other) as usize, load<u32>(other, 4)), i);
          }
        }
        break;
      }
      const other = entries + ((entry as usize) << 3) - 8;
      if (load<u32>(other, 4) == length && isSame(load<u32>(other) as usize, at, length)) break;
      slot = (slot + 1) & mask;
    }
    store<u32>(indices + ((seen++ as usize) << 2), entry - 1);
  }
  store<u32>(state, known);
  store<u32>(state, slots, 4);
  store<u32>(state, seen, 8);
}

/**
 * `steps`: distance of a new entry from its own slot. The limit bounds the cost of values that are chosen to collide.
 */
function isAbandoned(known: u32, seen: u32, maxEntries: u32, steps: u32): bool {
  return (
    known >= maxEntries ||
    steps > MAX_STEPS ||
    (seen >= TRIAL_VALUES && known > TRIAL_ENTRIES && known > (seen >> 1) + (seen >> 2))
  );
}

/** Inserts an entry number that the table does not contain. */
function insert(table: usize, mask: u32, hash: u32, number: u32): void {
  let slot = hash & mask;
  while (load<u32>(table + ((slot as usize) << 2)) != 0) slot = (slot + 1) & mask;
  store<u32>(table + ((slot as usize) << 2), number + 1);
}

function mix(hash: u64): u32 {
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15;
  return (hash >> 40) as u32;
}

function hashOfFixed(value: u64): u32 {
  return mix(value * 0xff51afd7ed558ccd);
}

function hashOfText(at: usize, length: u32): u32 {
  let hash: u64 = (length as u64) * 0x9e3779b97f4a7c15;
  while (length > 16) {
    hash = (hash ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 29;
    at += 8;
    length -= 8;
  }
  if (length > 8) {
    hash = (hash ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    hash = (hash ^ (hash >> 29) ^ load<u64>(at + length - 8)) * 0xff51afd7ed558ccd;
    return mix(hash);
  }
  return mix((hash ^ tail(at, length)) * 0xff51afd7ed558ccd);
}

/** Returns one to eight bytes as a number. Reads eight bytes and masks those past the text. */
function tail(at: usize, length: u32): u64 {
  return load<u64>(at) & (u64.MAX_VALUE >> (((8 - length) as u64) << 3));
}

function isSame(a: usize, b: usize, length: u32): bool {
  while (length > 16) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  if (length > 8) return load<u64>(a) == load<u64>(b) && load<u64>(a + length - 8) == load<u64>(b + length - 8);
  return tail(a, length) == tail(b, length);
}
