/** How a text is split into rows and fields. The separators are single bytes of UTF-8. */
export interface FieldDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: '\n' | '\r';
  /** Prefix of footer rows, which are not data. */
  readonly footer?: string;
}

/** Position of a field's content, without the surrounding quotes. */
export interface Field {
  readonly start: number;
  readonly end: number;
  /** Whether quotes in it are doubled. */
  readonly doubled: boolean;
}

export interface SplitRow {
  readonly start: number;
  /** Position after its last byte that is not part of the line end. */
  readonly end: number;
  /** Start of the next row. */
  readonly next: number;
  /** Number of fields, including those beyond `mostFields`. */
  readonly width: number;
  readonly fields: readonly Field[];
  readonly trouble?: 'misquoted' | 'strayReturn';
  /** Whether a quote is still open at the end of the bytes. */
  readonly open: boolean;
}

const LF = 10;
const CR = 13;

/**
 * Splits the row that begins at `start` into fields (RFC 4180; docs/csv.md). Used for the header, the sample that
 * validation inspects, and the portable engine; `etl-image/assembly/fields.ts` does the same for the data, and tests
 * compare the two.
 *
 * @param mostFields maximum number of fields that are kept; further ones are only counted.
 */
export function splitRow(
  bytes: Uint8Array,
  start: number,
  dialect: FieldDialect,
  mostFields = Number.POSITIVE_INFINITY,
): SplitRow {
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote.charCodeAt(0);
  const lineEnd = dialect.lineEnd.charCodeAt(0);
  const size = bytes.length;
  const endsLine = (at: number): boolean =>
    bytes[at] === lineEnd || (lineEnd === LF && bytes[at] === CR && (at + 1 >= size || bytes[at + 1] === LF));
  const fields: Field[] = [];
  let width = 0;
  let fieldStart = start;
  let quoted: Field | undefined;
  let trouble: SplitRow['trouble'];
  let open = false;
  const endField = (end: number): void => {
    if (width++ < mostFields) fields.push(quoted ?? { start: fieldStart, end, doubled: false });
    quoted = undefined;
  };
  let at = start;
  for (; at < size; at++) {
    const byte = bytes[at];
    if (byte === delimiter) {
      endField(at);
      fieldStart = at + 1;
    } else if (byte === lineEnd) {
      break;
    } else if (byte === quote && at === fieldStart && !quoted) {
      quoted = quotedField(bytes, at + 1, quote);
      at = quoted.end;
      open = at >= size;
      const behind = at + 1;
      if (open || (behind < size && bytes[behind] !== delimiter && !endsLine(behind))) trouble = 'misquoted';
    } else if (byte === CR && !endsLine(at)) {
      trouble ??= 'strayReturn';
    }
  }
  const lineStart = Math.min(at, size);
  const end = lineEnd === LF && lineStart > start && bytes[lineStart - 1] === CR ? lineStart - 1 : lineStart;
  endField(Math.max(fieldStart, end));
  return { start, end, next: Math.min(at + 1, size), width, fields, ...(trouble && { trouble }), open };
}

/** Returns the field whose content begins at `start`. Its end is the closing quote, or the end of the bytes. */
function quotedField(bytes: Uint8Array, start: number, quote: number): Field {
  let doubled = false;
  let at = start;
  for (; at < bytes.length; at++) {
    if (bytes[at] !== quote) continue;
    if (bytes[at + 1] !== quote) break;
    doubled = true;
    at++;
  }
  return { start, end: at, doubled };
}

/** Returns a field's text, with doubled quotes reduced to one. */
export function textOf(bytes: Buffer, { start, end, doubled }: Field, quote: string): string {
  const text = bytes.toString('utf8', start, end);
  return doubled ? text.replaceAll(quote + quote, quote) : text;
}
