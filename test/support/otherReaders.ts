import { execFile } from 'node:child_process';
import { join } from 'node:path';

export type TextCell = string | boolean | null;

/** What pyarrow, DuckDB and Polars read of the parts of a batch. */
export interface OtherReaders {
  /** Name, physical type, length, logical type and converted type of each column. */
  readonly types: readonly (readonly [string, string, number | null, string, string])[];
  /** Types of Arrow. */
  readonly arrow: readonly string[];
  /** Whether each column has a minimum and a maximum. */
  readonly ranges: readonly boolean[];
  readonly pyarrow: readonly (readonly TextCell[])[];
  readonly duckdb: readonly (readonly TextCell[])[];
  readonly polars: readonly (readonly TextCell[])[];
  /** Filters that return other rows than those that satisfy them: reader, column, operator and value. */
  readonly wrong: readonly (readonly string[])[];
}

/** Reads the parts of several batches with other readers in one process. The first column numbers the rows. */
export async function readWithOthers(batches: readonly (readonly string[])[]): Promise<OtherReaders[]> {
  const python = process.env.ETL_TEST_PYTHON ?? 'python3';
  const stdout = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
    const options = { maxBuffer: 1 << 30, env };
    const child = execFile(python, [join(__dirname, 'read_types.py')], options, (error, out, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(out),
    );
    child.stdin?.end(JSON.stringify(batches));
  });
  return JSON.parse(stdout) as OtherReaders[];
}
