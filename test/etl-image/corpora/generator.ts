import type { Options } from '@etl/pipeline/options';
import type { Random } from '../../support/random';
import { type Kind, kinds, names } from './columnKinds';
import { brokenRow } from './dirt';

/** How a table is written down. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: string;
}

/** What a source row is, as it was generated: its texts, or why it is none. */
export type Truth =
  | { readonly kind: 'good'; readonly texts: readonly string[] }
  | { readonly kind: 'blank' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly column: string | null };

export interface GeneratedRow {
  readonly truth: Truth;
  /** As it stands in the file, without its line end. */
  readonly bytes: Buffer;
}

export interface GeneratedTable {
  readonly columns: readonly { readonly name: string; readonly header: string; readonly kind: Kind }[];
  readonly dialect: Dialect;
  readonly options: Options;
  readonly rows: readonly GeneratedRow[];
  /** Empty lines in front of the header are none of the rows. */
  readonly emptyLines: number;
  readonly endsWithLine: boolean;
}

/** `latin`: only characters that Windows-1252 has. `badBytes`: rows may have bytes that are no UTF-8. */
export interface Charset {
  readonly latin: boolean;
  readonly badBytes: boolean;
}

/** A table of a seed's random numbers. */
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
    // A file without a LF may not get one in a field: it is what tells line ends by CR alone.
    return dialect.lineEnd === '\r' ? value.replaceAll('\n', '\r') : value;
  };
  const rows = Array.from({ length: rowCount }, (_, row): GeneratedRow => {
    const texts = columns.map(({ kind }) => text(kind, row));
    if (random.chance(shares.dirt)) return brokenRow(random, { texts, columns, dialect, badBytes });
    const bytes = Buffer.from(texts.map((each) => writeField(random, each, dialect)).join(dialect.delimiter));
    return { truth: texts.some((each) => each !== '') ? { kind: 'good', texts } : { kind: 'blank' }, bytes };
  });
  // A delimiter shows in two columns; quotes and the decimal mark are declared now and then, and else found or left at that.
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
    // Without a line end a last row that is empty would be none.
    endsWithLine: random.chance(0.7) || rows.at(-1)?.bytes.length === 0,
  };
}

/** A field as it may be written: quoted where it has to be, and now and then where it need not. */
export function writeField(random: Random, text: string, { delimiter, quote }: Dialect): string {
  const must = text.startsWith(quote) || [delimiter, '\n', '\r'].some((each) => text.includes(each));
  if (!must && !random.chance(0.1)) return text;
  return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
}

/** The decoded file, and where each row begins in it. */
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
