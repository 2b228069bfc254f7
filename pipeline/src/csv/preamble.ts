const LF = 10;
const CR = 13;

/** Lines before the header that are not part of the table. */
export interface Preamble {
  readonly lines: number;
  /** Length in the decoded file, without a byte order mark. */
  readonly bytes: number;
}

/**
 * Returns the first lines of a decoded file; undefined if the text has fewer. Lines end where an editor ends them: a
 * quote does not continue a line.
 */
export function preambleOf(text: Buffer, lines: number): Preamble | undefined {
  const lineEnd = text.includes(LF) ? LF : CR;
  let bytes = 0;
  for (let line = 0; line < lines; line++) {
    const end = text.indexOf(lineEnd, bytes);
    if (end === -1) return undefined;
    bytes = end + 1;
  }
  return { lines, bytes };
}
