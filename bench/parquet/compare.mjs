// Whether Parquet files hold the same values, by hyparquet and, if a Python is given, by pyarrow.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/ensure-installed.mjs';
import { loaderOf } from '../libraries/install.mjs';

const ofTests = loaderOf(join(root, 'test'));
const script = join(dirname(fileURLToPath(import.meta.url)), 'compare.py');

/** Returns a hash of all values of a file, as hyparquet reads them, column by column. */
export async function hashOfValues(path, columns) {
  const { asyncBufferFromFile, parquetReadObjects } = await ofTests('hyparquet');
  const file = await asyncBufferFromFile(path);
  const hash = createHash('sha256');
  for (const column of columns) {
    hash.update(`${column}\n`);
    for (const { [column]: value } of await parquetReadObjects({ file, columns: [column] })) {
      hash.update(`${shown(value)}\n`);
    }
  }
  return hash.digest('hex');
}

function shown(value) {
  if (value instanceof Date) return value.toISOString();
  return Object.is(value, -0) ? '-0' : String(value ?? null);
}

/** Prints how pyarrow reads each file beside the first. */
export function compareByPyarrow(python, paths) {
  return execFileSync(python, [script, ...paths], { encoding: 'utf8' }).trim();
}

/** Returns how many of 500 values -0, among as many 0, are in a file of hyparquet-writer. */
export async function minusZerosWritten(libraries) {
  const { parquetReadObjects } = await ofTests('hyparquet');
  const { parquetWriteBuffer } = await loaderOf(libraries)('hyparquet-writer');
  const data = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? 0 : -0));
  const rows = await parquetReadObjects({
    file: parquetWriteBuffer({ columnData: [{ name: 'x', data, type: 'DOUBLE' }] }),
  });
  return rows.filter(({ x }) => Object.is(x, -0)).length;
}
