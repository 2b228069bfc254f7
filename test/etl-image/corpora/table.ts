import { bytesOf, schemaOf } from '../../support/parquet';
import type { Exact } from '../../support/pyarrow';

/** Published only as ES modules, so it is imported dynamically. */
const hyparquet = () => import('hyparquet');

export type { Exact };

export interface Table {
  readonly names: readonly string[];
  /** Column names and their physical and logical types. */
  readonly schema: readonly string[];
  readonly rows: readonly (readonly Exact[])[];
}

/** Decodes without removing U+FEFF, which is a byte order mark only at the start of a file. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a Parquet file's rows, with timestamps in microseconds, because a `Date` would lose three digits. */
export async function readTable(path: string): Promise<Table> {
  const { parquetMetadataAsync, parquetRead } = await hyparquet();
  const file = await bytesOf(path);
  const metadata = await parquetMetadataAsync(file);
  let rows: Exact[][] = [];
  await parquetRead({
    file,
    metadata,
    parsers: {
      stringFromBytes: (bytes: Uint8Array | undefined) => bytes && utf8.decode(bytes),
      timestampFromMicroseconds: (micros: bigint) => ({ micros }),
      dateFromDays: (days: number) => ({ micros: BigInt(days) * 86_400_000_000n }),
    },
    onComplete: (read) => {
      rows = read as Exact[][];
    },
  });
  const columns = await schemaOf(metadata);
  return { names: columns.map(({ name }) => name), schema: columns.map(({ type }) => type), rows };
}

/** Returns whether cells are equal and of the same type. 0 and -0 differ. */
export function sameCell(a: Exact | undefined, b: Exact | undefined): boolean {
  if (Object.is(a, b)) return true;
  return isInstant(a) && isInstant(b) && a.micros === b.micros;
}

/** Formats a cell for a message: `1n` is an integer, `1` a double. */
export function exactly(cell: Exact | undefined): string {
  if (isInstant(cell)) return `${cell.micros} µs`;
  if (typeof cell === 'bigint') return `${cell}n`;
  return Object.is(cell, -0) ? '-0' : (JSON.stringify(cell) ?? 'nothing');
}

function isInstant(cell: Exact | undefined): cell is { readonly micros: bigint } {
  return typeof cell === 'object' && cell !== null;
}
