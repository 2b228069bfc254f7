/** Splits text into lines of at most `width` characters, between words where possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  // Keep the indentation.
  let [line = ''] = /^ */.exec(text) ?? [];
  let isEmpty = true;
  for (const word of text
    .trim()
    .split(' ')
    .flatMap((each) => pieces(each, width - line.length))) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += isEmpty ? word : ` ${word}`;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const length = Math.max(1, width);
  return word.length <= length
    ? [word]
    : Array.from({ length: Math.ceil(word.length / length) }, (_, index) =>
        word.slice(index * length, (index + 1) * length),
      );
}
