/** Published only as an ES module, so it is imported dynamically. */
const hyparquet = () => import('hyparquet');

export type RawCell = bigint | number | string | boolean | null;

/**
 * Reads the cells of one column as stored, without a conversion that would lose digits: decimals unscaled, times and
 * timestamps in microseconds, dates in days, JSON as text.
 */
export async function readRawColumn(path: string, name: string): Promise<RawCell[]> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead } = await hyparquet();
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  for (const element of metadata.schema) {
    if (element.converted_type === 'UTF8') continue;
    if (element.converted_type === 'JSON') element.converted_type = 'UTF8';
    else delete element.converted_type;
    delete element.logical_type;
  }
  let cells: unknown[] = [];
  await parquetRead({
    file,
    metadata,
    columns: [name],
    onComplete: (rows) => {
      cells = (rows as unknown[][]).map(([cell]) => cell);
    },
  });
  return cells.map((cell) => (cell instanceof Uint8Array ? signed(cell) : ((cell ?? null) as RawCell)));
}

function signed(bytes: Uint8Array): bigint {
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}
