import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** An exact cell value: dates and timestamps are microseconds since 1970. */
export type Exact = string | number | bigint | boolean | { readonly micros: bigint } | null;

export interface ReadTable {
  readonly names: readonly string[];
  /** Rows in the format of `rowText`. */
  readonly rows: readonly string[];
}

const script = join(__dirname, 'read_parquet.py');

/** Reads the tables of Parquet files with pyarrow in one process. */
export async function readWithPyarrow(paths: readonly string[]): Promise<ReadTable[]> {
  const python = process.env.ETL_TEST_PYTHON ?? 'python3';
  const stdout = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      python,
      [script],
      { maxBuffer: 1 << 30, env: { ...process.env, PYTHONIOENCODING: 'utf-8' } },
      (error, out, stderr) => (error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(out)),
    );
    child.stdin?.end(paths.map((path) => `${path}\n`).join(''));
  });
  const lines = stdout.split('\n');
  let at = 0;
  return paths.map(() => {
    const { names, rows } = JSON.parse(lines[at] ?? '') as { names: string[]; rows: number };
    at += 1 + rows;
    return { names, rows: lines.slice(at - rows, at) };
  });
}

/** Formats a row as read_parquet.py does: both readers must print identical text. */
export function rowText(row: readonly Exact[]): string {
  return `[${row.map(cellText).join(',')}]`;
}

const double = Buffer.alloc(8);

function cellText(cell: Exact): string {
  if (cell === null || typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'string') return JSON.stringify(cell);
  if (typeof cell === 'object') return `{"micros":${cell.micros}}`;
  double.writeDoubleBE(cell);
  return `{"double":"${double.toString('hex')}"}`;
}
