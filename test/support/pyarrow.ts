import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Cell } from './parquet';

/** A cell in a form that two readers can be compared by: dates in milliseconds, since one of them knows no more. */
type Comparable = string | null | { readonly [kind: string]: string | boolean };

export interface ReadTable {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Comparable[])[];
}

const script = join(__dirname, 'read_parquet.py');

/** Tables of Parquet files, read by pyarrow in one process. */
export async function readWithPyarrow(paths: readonly string[]): Promise<ReadTable[]> {
  const python = process.env.ETL_TEST_PYTHON ?? 'python3';
  const stdout = await new Promise<string>((resolve, reject) => {
    const child = execFile(python, [script], { maxBuffer: 1 << 30 }, (error, out, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(out),
    );
    child.stdin?.end(paths.map((path) => `${path}\n`).join(''));
  });
  const tables = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReadTable);
  return tables.map(({ names, rows }) => ({ names, rows: rows.map((row) => row.map(inMillis)) }));
}

function inMillis(cell: Comparable): Comparable {
  if (cell === null || typeof cell === 'string' || typeof cell.micros !== 'string') return cell;
  return { millis: String(BigInt(cell.micros) / 1000n) };
}

/** The same form of a cell that hyparquet read. */
export function comparable(cell: Cell): Comparable {
  if (cell === null || typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return { boolean: cell };
  if (typeof cell === 'bigint') return { integer: String(cell) };
  if (cell instanceof Date) return { millis: String(cell.getTime()) };
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(cell);
  return { double: bytes.toString('hex') };
}
