/** The source cannot be cut into rows. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

const LF = 10;
const CR = 13;

/** A row longer than this is no row: most likely a quote that nobody closed. */
export const maxRowBytes = 64 * 1024 * 1024;

/** Without a LF for so long, CR ends the lines. */
const lineEndSearchBytes = 1024 * 1024;

export interface SplitPiece {
  /** What was carried over and what was pushed. */
  readonly bytes: Buffer;
  /** The end of each whole row in it, line end included: the first begins at 0, each further one where the last ends. */
  readonly ends: readonly number[];
}

/**
 * Cuts decoded bytes into rows, aware of quotes: a line end inside a quoted field ends no row. A quote opens a field only
 * at the field's beginning, and inside a quoted field two of them are one (RFC 4180). Line ends: LF, CRLF, or CR alone.
 *
 * Rows without a quote, which are nearly all, cost one `indexOf`.
 */
export class RowSplitter {
  private rest: Buffer = Buffer.alloc(0);
  private readonly quote: number;
  private readonly delimiter: number;
  private rows = 0;
  /** LF or CR, once it is known. */
  lineEnd: number | undefined;

  constructor(dialect: { quote: string; delimiter: string }) {
    this.quote = dialect.quote.charCodeAt(0);
    this.delimiter = dialect.delimiter.charCodeAt(0);
  }

  /** Throws `RowError` for a row that does not end. */
  push(piece: Buffer, last: boolean): SplitPiece {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const ends: number[] = [];
    const lineEnd = this.findLineEnd(bytes, last);
    let start = 0;
    let quoteAt = -2; // not looked for yet
    while (lineEnd !== undefined && start < bytes.length) {
      let end = bytes.indexOf(lineEnd, start);
      if (quoteAt !== -1 && quoteAt < start) quoteAt = bytes.indexOf(this.quote, start);
      if (quoteAt !== -1 && (end < 0 || quoteAt < end)) end = this.quotedRowEnd(bytes, start, lineEnd, last);
      if (end < 0 && !last) break;
      start = end < 0 ? bytes.length : end + 1;
      ends.push(start);
    }
    this.rows += ends.length;
    if (bytes.length - start > maxRowBytes) {
      throw new RowError(`row ${this.rows} is longer than ${maxRowBytes >> 20} MiB: is a quote opened and not closed?`);
    }
    this.rest = bytes.subarray(start);
    return { bytes, ends };
  }

  private findLineEnd(bytes: Buffer, last: boolean): number | undefined {
    if (this.lineEnd !== undefined) return this.lineEnd;
    if (bytes.includes(LF)) this.lineEnd = LF;
    else if (bytes.includes(CR) && (last || bytes.length > lineEndSearchBytes)) this.lineEnd = CR;
    else if (last) this.lineEnd = LF;
    return this.lineEnd;
  }

  /** The offset of the line end that ends a row with quotes in it; -1 when it is not there (yet). */
  private quotedRowEnd(bytes: Buffer, start: number, lineEnd: number, last: boolean): number {
    let at = start;
    for (;;) {
      if (bytes[at] === this.quote) {
        at = this.closingQuote(bytes, at + 1, last);
        if (at < 0) {
          if (!last) return -1;
          throw new RowError('a quote is opened and not closed by the end of the file');
        }
        at++;
      }
      while (at < bytes.length && bytes[at] !== this.delimiter && bytes[at] !== lineEnd) at++;
      if (at >= bytes.length) return -1;
      if (bytes[at] === lineEnd) return at;
      at++;
    }
  }

  /** The offset of the quote that closes the field; -1 when it is not there (yet). */
  private closingQuote(bytes: Buffer, start: number, last: boolean): number {
    for (let at = start; ; at += 2) {
      at = bytes.indexOf(this.quote, at);
      if (at < 0 || (at + 1 === bytes.length && !last)) return -1;
      if (bytes[at + 1] !== this.quote) return at;
    }
  }
}
