/** How the kernel loads a text of each length as one number, little-endian. */
const loads = {
  2: 'load<u16>(at)',
  3: '<u32>load<u16>(at) | (<u32>load<u8>(at, 2) << 16)',
  4: 'load<u32>(at)',
};

const numberOf = (word) => `0x${Buffer.from(word, 'latin1').reverse().toString('hex')}`;

/** Returns the kernel's source of `isNullWord` for these words. Each has 2 to 4 ASCII characters. */
export function nullWordsSource(words) {
  const lengths = [...new Set(words.map(({ length }) => length))].sort();
  const unknown = lengths.find((length) => !(length in loads));
  if (unknown !== undefined) throw new Error(`null words have 2 to 4 characters, not ${unknown}`);
  const cases = lengths.map((length) => {
    const numbers = words.filter((word) => word.length === length).map(numberOf);
    const compare = (numbers) => numbers.map((number) => `word === ${number}`).join(' || ');
    return `  if (length === ${length}) {\n    const word: u32 = ${loads[length]};\n    return ${compare(numbers)};\n  }\n`;
  });
  return `// Written by npm run generate, from \`nullWords\` in src/types/nullWords.ts.

/** Returns whether a text is one of: ${words.join(', ')}. */
export function isNullWord(at: usize, length: u32): bool {
${cases.join('')}  return false;
}
`;
}
