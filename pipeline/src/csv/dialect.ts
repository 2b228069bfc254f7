import { parse } from 'csv-parse/sync';

export const delimiters = [',', ';', '\t', '|'] as const;

export type Record = readonly string[];

export type Sample =
  | { readonly ok: true; readonly records: readonly Record[] }
  | { readonly ok: false; readonly error: string };

/**
 * Reads a sample's records, of whatever width. Empty lines are no records. In a sample that goes on (`complete` false),
 * a quoted field that does not end only ends the sample.
 */
export function readSample(text: string, delimiter: string, quote: string, complete: boolean): Sample {
  // Line ends may be mixed; CR alone ends lines only in a file without LF.
  const record_delimiter = text.includes('\n') ? ['\r\n', '\n'] : ['\r'];
  const options = {
    delimiter,
    quote,
    record_delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  };
  try {
    return { ok: true, records: parse(text, options) as string[][] };
  } catch (error) {
    const { code, records, message } = error as { code?: string; records?: number; message: string };
    if (complete || code !== 'CSV_QUOTE_NOT_CLOSED' || !records) return { ok: false, error: message };
    return { ok: true, records: parse(text, { ...options, to: records }) as string[][] };
  }
}

/**
 * The delimiter of a sample: the one under which most records are as wide as the header, with at least two columns;
 * between equals the one that makes more columns. A file of one column has a comma.
 */
export function detectDelimiter(text: string, quote: string, complete: boolean): string {
  let best: { delimiter: string; agreement: number; width: number } = { delimiter: ',', agreement: 0, width: 1 };
  // Under one that is not there, all of the text is one column; a comma that is alone needs no trial.
  const candidates = delimiters.filter((delimiter) => text.includes(delimiter));
  if (candidates.every((delimiter) => delimiter === best.delimiter)) return best.delimiter;
  for (const delimiter of candidates) {
    const sample = readSample(text, delimiter, quote, complete);
    if (!sample.ok) continue;
    const width = sample.records[0]?.length ?? 0;
    if (width < 2) continue;
    const agreement = sample.records.filter((record) => record.length === width).length / sample.records.length;
    if (agreement > best.agreement || (agreement === best.agreement && width > best.width)) {
      best = { delimiter, agreement, width };
    }
  }
  return best.delimiter;
}
