import { parse } from 'csv-parse/sync';
import type { Dialect } from './generator';
import { cellOf, readingOf } from './oracle';
import { type Converted, differences } from './support';
import type { Exact } from './table';

/** All rows of a file behind its header, by csv-parse: empty lines are rows of one empty field. */
export function rowsOf(text: string | Buffer, { delimiter, quote }: Pick<Dialect, 'delimiter' | 'quote'>) {
  const options = { bom: true, relax_column_count: true, relax_quotes: true };
  const [header = [], ...rows] = parse(text, { ...options, delimiter, quote, escape: quote }) as string[][];
  return { header, rows };
}

/** Types and cells of a conversion with inferred types, by the rules: what is wrong with the first few. */
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

/** A field that no column has. */
const asText = (text: string): Exact | undefined => cellOf(text, { type: 'text', decimal: '.', order: 'dmy' });

/** The same, asked once for each text: columns of real data have few different ones. */
function once<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, of(text));
    return known.get(text) as T;
  };
}
