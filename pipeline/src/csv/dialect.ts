import { type FieldDialect, type SplitRow, splitRow } from './splitRow';

export const delimiters = [',', ';', '\t', '|'] as const;

/**
 * Splits a sample into rows, of whatever width; empty lines are left out. In a sample that goes on (`complete` false), a quote
 * that is not closed ends it, unless it opens in the first row.
 *
 * @param mostFields fields of the first row that are kept; all others are counted.
 */
export function* sampleRows(
  bytes: Uint8Array,
  dialect: FieldDialect,
  complete: boolean,
  mostFields: number,
): Generator<SplitRow> {
  let first = true;
  for (let at = 0; at < bytes.length; ) {
    const row = splitRow(bytes, at, dialect, first ? mostFields : 0);
    at = row.next;
    if (row.end === row.start) continue;
    if (row.open && !complete && !first) return;
    first = false;
    yield row;
  }
}

/**
 * Detects the delimiter of a sample: the one under which most rows are as wide as the header, with at least two columns; between
 * equals the one that makes more columns. A file of one column has a comma.
 */
export function detectDelimiter(
  bytes: Uint8Array,
  { quote, lineEnd }: Omit<FieldDialect, 'delimiter'>,
  complete: boolean,
): string {
  let best: { delimiter: string; agreement: number; width: number } = { delimiter: ',', agreement: 0, width: 1 };
  // Under one that is not there, all of the text is one column; a comma that is alone needs no trial.
  const candidates = delimiters.filter((delimiter) => bytes.includes(delimiter.charCodeAt(0)));
  if (candidates.every((delimiter) => delimiter === best.delimiter)) return best.delimiter;
  for (const delimiter of candidates) {
    const found = agreementOf(sampleRows(bytes, { delimiter, quote, lineEnd }, complete, 0));
    if (!found || found.width < 2) continue;
    const { agreement, width } = found;
    if (agreement > best.agreement || (agreement === best.agreement && width > best.width)) {
      best = { delimiter, agreement, width };
    }
  }
  return best.delimiter;
}

/** The header's width, and the share of rows that have it; undefined where a quote is not closed. */
function agreementOf(rows: Iterable<SplitRow>): { width: number; agreement: number } | undefined {
  let width = 0;
  let count = 0;
  let agreeing = 0;
  for (const row of rows) {
    if (row.open) return undefined;
    if (count++ === 0) width = row.width;
    if (row.width === width) agreeing++;
  }
  return { width, agreement: agreeing / count };
}
