import { parse } from 'csv-parse/sync';
import type { Dialect } from './generator';
import { cellOf, readingOf } from './oracle';
import { type Converted, differences } from './support';
import type { Exact } from './table';

/** Returns all rows of a file after its header, by csv-parse. Empty lines are rows of one empty field. */
export function rowsOf(text: string | Buffer, { delimiter, quote }: Pick<Dialect, 'delimiter' | 'quote'>) {
  const options = { bom: true, relax_column_count: true, relax_quotes: true };
  const [header = [], ...rows] = parse(text, { ...options, delimiter, quote, escape: quote }) as string[][];
  return { header, rows };
}

/**
 * Checks types and cells of a conversion with inferred types against the rules, and returns the first few differences.
 */
export function wrongCells(rows: readonly (readonly string[])[], converted: Converted, delimiter: string): string[] {
  const { schema } = converted.manifest;
  const readings = schema.map(({ name }, at) =>
    readingOf(
      name,
      rows.map((row) => row[at] ?? ''),
      delimiter,
      {},
    ),
  );
  const wrong = schema.flatMap(({ name, type }, at) =>
    type === readings[at]?.type ? [] : [`${name} is ${type}, expected ${readings[at]?.type}`],
  );
  const columns = readings.map((reading) => once((text: string) => cellOf(text, reading)));
  const cells = rows.map((row) => row.map((text, at) => (columns[at] ?? asText)(text)));
  const filled = cells.filter((row) => row.some((cell) => cell !== null));
  return [
    ...wrong,
    ...differences(
      filled.map((row) => row.map((cell): Exact => cell ?? null)),
      converted.rows,
    ),
  ];
}

/** A field without a column. */
const asText = (text: string): Exact | undefined => cellOf(text, { type: 'text', decimal: '.', order: 'dmy' });

/** The same with a cache by text: columns of real data have few different texts. */
function once<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, of(text));
    return known.get(text) as T;
  };
}
