/*
 * Fast paths for the common forms of typed values. A reader either proves the value of a text or reports its row at
 * `unproven`, for the rules in src/types/texts.ts to judge. Readers decide nothing: they save the slow path for 99 % of
 * the values.
 *
 * Every reader takes a column's first field (`fields` + 8 * column) and the bytes between rows (`stride`). It stores
 * `values` (8 bytes per row), `valid` (one byte per row) and the numbers of the unproven rows at `unproven`, adds to
 * `counts` (u32 each, in the order of its comment), and returns the number of unproven rows.
 */

export const SPACE: u8 = 32;

export function digit(byte: u8): u32 {
  return (byte as u32) - 48;
}

/** A field is an address and a length, as stored by fields.ts. */
export function startOf(field: u64): usize {
  return field as u32 as usize;
}

export function endOf(field: u64): usize {
  return ((field as u32) + ((field >> 32) as u32)) as usize;
}

export function skipSpaces(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) == SPACE) at++;
  return at;
}

export function dropSpaces(at: usize, end: usize): usize {
  while (end > at && load<u8>(end - 1) == SPACE) end--;
  return end;
}
