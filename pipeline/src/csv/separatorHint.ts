const hint = /^(")?sep=([\t !#-/:-@[-^`{-~])\2*\1[\t ]*(?:\r\n|\n|\r|$)/i;
/** Longer lines are not looked at, in bytes with the line end. */
export const longestHint = 64;

/**
 * Reads the delimiter from the line in front of the header that tells it to Excel, `sep=;`. Delimiters behind it, as a spreadsheet
 * adds them to a short row, belong to it. Undefined for a text that does not begin with such a line.
 */
export function hintedDelimiter(text: string): string | undefined {
  return hint.exec(text.slice(0, longestHint))?.[2];
}

/** Whether a line is such a hint, at the beginning of a file or, with a byte order mark perhaps, of one put behind another. */
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
