// Written by npm run generate, from `nullWords` in src/types/nullWords.ts.

/** Returns whether a text is one of: NA, N/A, n/a, null, NULL, Null, NaN, nan, None, none. */
export function isNullWord(at: usize, length: u32): bool {
  if (length === 2) {
    const word: u32 = load<u16>(at);
    return word === 0x414e;
  }
  if (length === 3) {
    const word: u32 = <u32>load<u16>(at) | (<u32>load<u8>(at, 2) << 16);
    return word === 0x412f4e || word === 0x612f6e || word === 0x4e614e || word === 0x6e616e;
  }
  if (length === 4) {
    const word: u32 = load<u32>(at);
    return word === 0x6c6c756e || word === 0x4c4c554e || word === 0x6c6c754e || word === 0x656e6f4e || word === 0x656e6f6e;
  }
  return false;
}
