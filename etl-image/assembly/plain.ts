/**
 * Typed values of a column, as far as their texts are plain: every text is either proved to be its value, or handed on as
 * `odd` for the rules in src/types/texts.ts to judge. Nothing here decides; it only saves asking about the 99 %.
 *
 * All readers take a column's first field (`fields` + 8 * column) and the bytes between rows (`stride`); they store `values`
 * (8 bytes a row) and `valid` (a byte a row), the numbers of odd rows at `odd`, and add to `counts` (u32 each, in the order told).
 * They return how many rows are odd.
 */

export const SPACE: u8 = 32;

export function digit(byte: u8): u32 {
  return (byte as u32) - 48;
}

/** A field is address and length, as kernel/fields.ts stores them. */
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

/** NA, N/A, n/a, null, NULL, Null, NaN, nan, None, none: `nullWords` in src/types/texts.ts. */
export function isNullWord(at: usize, length: u32): bool {
  if (length === 2) return load<u16>(at) === 0x414e;
  if (length === 3) {
    const word = <u32>load<u16>(at) | ((<u32>load<u8>(at, 2)) << 16);
    return word === 0x412f4e || word === 0x612f6e || word === 0x4e614e || word === 0x6e616e;
  }
  if (length !== 4) return false;
  const word = load<u32>(at);
  return (
    word === 0x6c6c756e || word === 0x4c4c554e || word === 0x6c6c754e || word === 0x656e6f4e || word === 0x656e6f6e
  );
}
