import { createFooterTest } from './footer';
import { hintedDelimiter, isHintLine } from './separatorHint';
import { type FieldDialect, type SplitRow, splitRow } from './splitRow';

export const delimiters = [',', ';', '\t', '|'] as const;

/**
 * Splits a sample into rows of any width; leaves out empty lines, delimiter hints and footer rows. In a truncated sample (`complete`
 * false), an unclosed quote ends the sample, unless it opens in the first row.
 *
 * @param mostFields number of fields of the first row that are kept; all others are only counted.
 */
export function* sampleRows(
  bytes: Uint8Array,
  dialect: FieldDialect,
  complete: boolean,
  mostFields: number,
): Generator<SplitRow> {
  let first = true;
  const isFooter = createFooterTest(dialect.footer);
  for (let at = 0; at < bytes.length; ) {
    const row = splitRow(bytes, at, dialect, first ? mostFields : 0);
    at = row.next;
    if (row.end === row.start || isHintLine(bytes.subarray(row.start, row.end))) continue;
    if (!first && isFooter(bytes, row.start)) continue;
    if (row.open && !complete && !first) return;
    first = false;
    yield row;
  }
}

/**
 * Chooses the delimiter of a file that begins with this sample: the declared one, that of Excel's hint (`sep=;`), or
 * the one under which most rows are as wide as the header. Warns when another delimiter is as plausible.
 */
export function chooseDelimiter(
  sample: Buffer,
  dialect: Omit<FieldDialect, 'delimiter'>,
  complete: boolean,
  declared: string | undefined,
): { readonly delimiter: string; readonly warnings: readonly string[] } {
  const hint = hintedDelimiter(sample.toString('latin1').replace(/^[\r\n]+/, ''));
  const shown = (delimiter: string): string => JSON.stringify(delimiter);
  if (declared !== undefined) {
    const differs = hint !== undefined && hint !== declared;
    const readings = `the first line declares sep=${hint}, but dialect.delimiter is ${shown(declared)}, which takes precedence`;
    return { delimiter: declared, warnings: differs ? [readings] : [] };
  }
  if (hint !== undefined && hint !== dialect.quote) return { delimiter: hint, warnings: [] };
  const [best = ',', ...others] = detectDelimiters(sample, dialect, complete);
  const readings = `the delimiter is ambiguous: ${shown(best)} is used, but it may be ${others.map(shown).join(' or ')}`;
  return { delimiter: best, warnings: others.length > 0 ? [`${readings} (declare dialect.delimiter)`] : [] };
}

/**
 * Detects the delimiters under which most rows of a sample are as wide as the header, with at least two columns; the
 * one with the most columns comes first. Returns none for a file of one column.
 */
function detectDelimiters(bytes: Uint8Array, dialect: Omit<FieldDialect, 'delimiter'>, complete: boolean): string[] {
  // Without the delimiter, all of the text is one column. A comma as the only candidate needs no trial.
  const candidates = delimiters.filter((delimiter) => bytes.includes(delimiter.charCodeAt(0)));
  if (candidates.every((delimiter) => delimiter === ',')) return candidates;
  const found = candidates.flatMap((delimiter) => {
    const agreeing = agreementOf(sampleRows(bytes, { ...dialect, delimiter }, complete, 0));
    return agreeing && agreeing.width > 1 ? [{ delimiter, ...agreeing }] : [];
  });
  const most = Math.max(...found.map(({ agreement }) => agreement));
  const best = found.filter(({ agreement }) => agreement === most).sort((a, b) => b.width - a.width);
  return best.map(({ delimiter }) => delimiter);
}

/** Returns the header's width, and the share of rows that have it; undefined when a quote is not closed. */
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
