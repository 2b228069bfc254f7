const hint = /^(")?sep=([\t !#-/:-@[-^`{-~])\2*\1[\t ]*(?:\r\n|\n|\r|$)/i;
/** Maximum length of a hint, in bytes with the line end. Longer lines are not read. */
export const longestHint = 64;

/**
 * Parses the delimiter from the line before the header that declares it to Excel, `sep=;`. Trailing delimiters, which
 * spreadsheets add to short rows, belong to the line. Undefined for a text that does not begin with a hint.
 */
export function hintedDelimiter(text: string): string | undefined {
  return hint.exec(text.slice(0, longestHint))?.[2];
}

/**
 * Returns whether a line is a delimiter hint: at the beginning of a file or, with an optional byte order mark, of a
 * concatenated one.
 */
export function isHintLine(line: Uint8Array): boolean {
  if (line.length > longestHint || !mayBegin.has(line[0] ?? 0)) return false;
  return (
    hintedDelimiter(
      Buffer.from(line)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    ) !== undefined
  );
}

/** `s`, `S`, a quote, and the first byte of a byte order mark. */
const mayBegin = new Set([0x73, 0x53, 0x22, 0xef]);
