import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An ES module, so it is imported dynamically. */
const hyparquet = () => import('hyparquet');

type FileMetaData = Parameters<Awaited<ReturnType<typeof hyparquet>>['parquetSchema']>[0];

export type Cell = string | number | bigint | boolean | Date | null;
export type Row = Record<string, Cell>;

/** Returns the bytes of a part for a reader: one call, where ranges of a file are a call each. */
export async function bytesOf(path: string): Promise<ArrayBuffer> {
  const bytes = await readFile(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

/** Reads the rows of a Parquet file with an independent reader. @param columns default: all */
export async function readParquet(path: string, columns?: string[]): Promise<Row[]> {
  const { parquetReadObjects } = await hyparquet();
  const file = await bytesOf(path);
  return (await parquetReadObjects({ file, ...(columns && { columns }) })) as Row[];
}

/** Returns column names with physical and logical types. */
export async function schemaOf(metadata: FileMetaData): Promise<{ readonly name: string; readonly type: string }[]> {
  const { parquetSchema } = await hyparquet();
  return parquetSchema(metadata).children.map(({ element }) => ({
    name: element.name,
    type: [element.name, element.type, element.logical_type?.type ?? element.converted_type ?? ''].join(' ').trim(),
  }));
}

export async function readSchema(path: string): Promise<string[]> {
  const { parquetMetadataAsync } = await hyparquet();
  const metadata = await parquetMetadataAsync(await bytesOf(path));
  return (await schemaOf(metadata)).map(({ type }) => type);
}

/** Returns the paths of the parts of a published batch, in order. */
export async function partsOf(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads all rows of a published batch. @param columns default: all */
export async function readBatch(folder: string, columns?: string[]): Promise<Row[]> {
  return (await Promise.all((await partsOf(folder)).map((path) => readParquet(path, columns)))).flat();
}
