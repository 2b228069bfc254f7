import type { Options } from '@etl/pipeline/options';
import type { Random } from '../../support/random';
import { type Kind, kinds, names } from './columnKinds';
import { brokenRow } from './dirt';

/** How a table is written. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: string;
}

/** A generated source row: its texts, or why it is not a good row. */
export type Truth =
  | { readonly kind: 'good'; readonly texts: readonly string[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly column: string | null };

export interface GeneratedRow {
  readonly truth: Truth;
  /** As in the file, without its line end. */
  readonly bytes: Buffer;
}

export interface GeneratedTable {
  readonly columns: readonly { readonly name: string; readonly header: string; readonly kind: Kind }[];
  readonly dialect: Dialect;
  readonly options: Options;
  readonly rows: readonly GeneratedRow[];
  /** Empty lines before the header, which are not rows. */
  readonly emptyLines: number;
  readonly endsWithLine: boolean;
}

/** `latin`: only characters of Windows-1252. `badBytes`: rows may have bytes that are not UTF-8. */
export interface Charset {
  readonly latin: boolean;
  readonly badBytes: boolean;
}

/** Generates a table from a seed. */
export function generateTable(random: Random, rowCount: number, { latin, badBytes }: Charset): GeneratedTable {
  const dialect = {
    delimiter: random.pick([',', ',', ';', '\t', '|']),
    quote: random.pick(['"', '"', '"', "'"]),
    lineEnd: random.pick(['\n', '\n', '\r\n', '\r']),
  };
  const width = 1 + random.below(random.chance(0.1) ? 40 : 8);
  const columns = Array.from({ length: width }, (_, at) => {
    const [header, name] = random.pick(names);
    return { header: `${header}${at}`, name: `${name}${at}`, kind: random.pick(kinds) };
  });
  const shares = { dirt: random.chance(0.5) ? 0.1 : 0, sparse: random.chance(0.3) ? 0.9 : 0.1, words: 0.05 };
  const text = (kind: Kind, row: number): string => {
    if (random.chance(kind.sparse ?? shares.sparse)) return '';
    if (kind.words !== false && random.chance(shares.words)) return random.pick(['NA', 'null', 'NaN', ' None ', 'n/a']);
    const value = kind.text(random, { row, rows: rowCount, latin });
    // A file with CR line ends must not have an LF in a field, because its absence shows the line end.
    return dialect.lineEnd === '\r' ? value.replaceAll('\n', '\r') : value;
  };
  const rows = Array.from({ length: rowCount }, (_, row): GeneratedRow => {
    const texts = columns.map(({ kind }) => text(kind, row));
    if (random.chance(shares.dirt)) return brokenRow(random, { texts, columns, dialect, badBytes });
    const bytes = Buffer.from(texts.map((each) => writeField(random, each, dialect)).join(dialect.delimiter));
    return { truth: texts.some((each) => each !== '') ? { kind: 'good', texts } : { kind: 'blank' }, bytes };
  });
  // Two columns show the delimiter. Quotes and the decimal mark are declared in some tables, and detected or left in
  // others.
  const declared = width === 1 || random.chance(0.5) ? { delimiter: dialect.delimiter } : {};
  const quote = dialect.quote === '"' && random.chance(0.5) ? {} : { quote: dialect.quote };
  const decimal = random.chance(0.1) ? { decimal: random.pick([',', '.'] as const) } : {};
  const dateOrder = random.chance(0.2) ? { dateOrder: random.pick(['dmy', 'mdy'] as const) } : {};
  return {
    columns,
    dialect,
    options: { dialect: { ...declared, ...quote, ...decimal, ...dateOrder } },
    rows,
    emptyLines: random.chance(0.1) ? 2 : 0,
    // Without a line end, an empty last row would not exist.
    endsWithLine: random.chance(0.7) || rows.at(-1)?.bytes.length === 0,
  };
}

/** Writes a field: quoted if necessary, and sometimes if not. */
export function writeField(random: Random, text: string, { delimiter, quote }: Dialect): string {
  const must = text.startsWith(quote) || [delimiter, '\n', '\r'].some((each) => text.includes(each));
  if (!must && !random.chance(0.1)) return text;
  return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
}

/** Returns the decoded file and the start of each row. */
export function writeTable(random: Random, { columns, dialect, rows, emptyLines, endsWithLine }: GeneratedTable) {
  const lineEnd = Buffer.from(dialect.lineEnd);
  const header = columns.map(({ header }) => writeField(random, header, dialect)).join(dialect.delimiter);
  const pieces: Buffer[] = [...Array.from({ length: emptyLines }, () => lineEnd), Buffer.from(header)];
  const starts: number[] = [];
  let length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const push = (bytes: Buffer<ArrayBufferLike>): void => {
    pieces.push(bytes);
    length += bytes.length;
  };
  for (const { bytes } of rows) {
    push(lineEnd);
    starts.push(length);
    push(bytes);
  }
  if (endsWithLine) push(lineEnd);
  return { bytes: Buffer.concat(pieces), starts };
}
