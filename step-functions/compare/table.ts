/** Column widths for a terminal of 100 columns: a label, and a cell for each side. */
const widths = [26, 36, 36] as const;

/** Formats a row. Cells that are too long wrap to further lines. */
export function row(...cells: readonly [string, string, string]): string[] {
  const wrapped = cells.map((cell, column) => wrap(cell, (widths[column] ?? 0) - 2));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, column) => (lines[line] ?? '').padEnd(widths[column] ?? 0))
      .join('')
      .trimEnd(),
  );
}

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
