import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import type { FieldDialect, reasons } from '../engine';

/** A row's fields, or why it has none. How many there should be is not looked at. */
export type Fields = readonly string[] | 'blank' | keyof typeof reasons;

/** The fields of each row, read with csv-parse by the rules of docs/csv.md. */
export function readFields(rows: Iterable<Uint8Array>, dialect: FieldDialect): Fields[] {
  const { delimiter, quote, lineEnd } = dialect;
  const textOf = createRowReader(dialect);
  const found = Array.from(rows, textOf);
  const good = found.flatMap((each) => ('text' in each ? [each.text] : []));
  // No row has a line end outside of quotes any more: each is one record.
  const record_delimiter = lineEnd;
  const options = { delimiter, quote, escape: quote, record_delimiter, relax_quotes: true, relax_column_count: true };
  const records = (parse(good.join(lineEnd), options) as string[][])[Symbol.iterator]();
  return found.map((each) => ('text' in each ? (records.next().value as string[]) : each.why));
}

/** The text of a row without its line end, or why it is not read. */
function createRowReader({ delimiter, quote, lineEnd }: FieldDialect) {
  const [d, q] = [escapeForClass(delimiter), escapeForClass(quote)];
  const quoted = `[${q}](?:[^${q}]|[${q}]{2})*[${q}]`;
  const field = `(?:${quoted}|[^${q}${d}][^${d}]*)?`;
  // csv-parse is lenient about what follows a closing quote, as it has to be about quotes inside unquoted fields.
  const wellQuoted = new RegExp(`^${field}(?:[${d}]${field})*$`);
  const quotedFields = new RegExp(`(^|[${d}])${quoted}`, 'g');
  const ending = lineEnd === '\n' ? /\r?\n$|\r$/ : /\r$/;
  return (row: Uint8Array): { text: string } | { why: Exclude<Fields, readonly string[]> } => {
    const text = Buffer.from(row).toString('utf8').replace(ending, '');
    if (text === '') return { why: 'blank' };
    if (!isUtf8(row)) return { why: 'notUtf8' };
    if (text.includes('\0')) return { why: 'nul' };
    if (!text.includes(quote)) return lineEnd === '\n' && text.includes('\r') ? { why: 'strayReturn' } : { text };
    if (!wellQuoted.test(text)) return { why: 'misquoted' };
    if (lineEnd === '\n' && text.replace(quotedFields, '$1').includes('\r')) return { why: 'strayReturn' };
    return { text };
  };
}

const escapeForClass = (char: string): string => char.replace(/[\\\]^-]/, '\\$&');
