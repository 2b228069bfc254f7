import { type ColumnType, decimalOf, kindOf, type TypeKind } from '@etl/pipeline/columns/types';
import { decimalBytes, maxInt64Precision } from '../types/decimals';
import { binary, bool, i32, i64, list, struct, type Thrift } from './thrift';

/* Enums and structures of the Parquet format. @see https://github.com/apache/parquet-format, parquet.thrift */
const physicalTypes = { boolean: 0, int32: 1, int64: 2, double: 5, byteArray: 6, fixedLenByteArray: 7 } as const;
const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const;
const pageTypes = { data: 0, dictionary: 2 } as const;
const snappyCodec = 1;
const optional = 1;

const physical: Readonly<Record<TypeKind, number>> = {
  text: physicalTypes.byteArray,
  json: physicalTypes.byteArray,
  integer: physicalTypes.int64,
  int32: physicalTypes.int32,
  double: physicalTypes.double,
  decimal: physicalTypes.int64,
  boolean: physicalTypes.boolean,
  date: physicalTypes.int32,
  time: physicalTypes.int64,
  timestamp: physicalTypes.int64,
  timestamptz: physicalTypes.int64,
};
const nothing = struct({});
const microseconds = struct({ 2: nothing });
/**
 * Converted types, for older readers that do not support logical types. Local times have one, too, although it means
 * UTC there (LogicalTypes.md).
 */
const converted: Partial<Record<TypeKind, number>> = {
  ...{ text: 0, decimal: 5, date: 6, time: 8, timestamp: 10, timestamptz: 10, json: 19 },
};
const logical: Partial<Record<TypeKind, Thrift>> = {
  text: struct({ 1: nothing }),
  date: struct({ 6: nothing }),
  // Not adjusted to UTC: times without an offset are local times of an unknown zone.
  time: struct({ 7: struct({ 1: bool(false), 2: microseconds }) }),
  timestamp: struct({ 8: struct({ 1: bool(false), 2: microseconds }) }),
  timestamptz: struct({ 8: struct({ 1: bool(true), 2: microseconds }) }),
  json: struct({ 12: nothing }),
};

/** Physical type of a column, with the length of its bytes if that is fixed. */
function physicalOf(type: ColumnType): { readonly type: number; readonly length?: number } {
  const decimal = decimalOf(type);
  if (!decimal || decimal.precision <= maxInt64Precision) return { type: physical[kindOf(type)] };
  return { type: physicalTypes.fixedLenByteArray, length: decimalBytes(decimal.precision) };
}

function schemaElement({ name, type }: ParquetColumn): Thrift {
  const kind = kindOf(type);
  const { type: stored, length } = physicalOf(type);
  const decimal = decimalOf(type);
  const [scale, precision] = decimal ? [i32(decimal.scale), i32(decimal.precision)] : [];
  const [older, newer] = [converted[kind], decimal ? struct({ 5: struct({ 1: scale, 2: precision }) }) : logical[kind]];
  return struct({
    1: i32(stored),
    2: length === undefined ? undefined : i32(length),
    3: i32(optional),
    4: binary(name),
    6: older === undefined ? undefined : i32(older),
    7: scale,
    8: precision,
    10: newer,
  });
}

export interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** One column of a row group: the sizes and statistics of its pages. */
export interface ColumnChunk {
  readonly values: number;
  readonly nulls: number;
  /** Bytes of the dictionary page with its header; 0 without a dictionary. */
  readonly dictionaryBytes: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  /** Minimum and maximum in PLAIN encoding, without the length prefix of texts. */
  readonly range?: readonly [Uint8Array, Uint8Array];
}

export function dataPageHeader(values: number, sizes: PageSizes, dictionary: boolean): Buffer {
  const encoding = i32(dictionary ? encodings.rleDictionary : encodings.plain);
  const header = struct({ 1: i32(values), 2: encoding, 3: i32(encodings.rle), 4: i32(encodings.rle) });
  return pageHeader(pageTypes.data, sizes, { 5: header });
}

export function dictionaryPageHeader(entries: number, sizes: PageSizes): Buffer {
  return pageHeader(pageTypes.dictionary, sizes, { 7: struct({ 1: i32(entries), 2: i32(encodings.plain) }) });
}

export interface PageSizes {
  readonly plain: number;
  readonly compressed: number;
}

function pageHeader(type: number, sizes: PageSizes, header: Record<number, Thrift>): Buffer {
  return struct({ 1: i32(type), 2: i32(sizes.plain), 3: i32(sizes.compressed), ...header }).bytes;
}

/** Returns a row group's metadata, for pages that start at `offset` in the file. */
export function rowGroup(
  columns: readonly ParquetColumn[],
  chunks: readonly ColumnChunk[],
  offset: number,
  rows: number,
): Thrift {
  let at = offset;
  const metadata = chunks.map((chunk, index) => {
    const { name, type } = columns[index] as ParquetColumn;
    const { dictionaryBytes } = chunk;
    const data = dictionaryBytes > 0 ? encodings.rleDictionary : encodings.plain;
    const used = dictionaryBytes > 0 ? [encodings.plain, encodings.rle, data] : [encodings.plain, encodings.rle];
    const statistics = struct({
      3: i64(chunk.nulls),
      ...(chunk.range && { 5: binary(chunk.range[1]), 6: binary(chunk.range[0]) }),
    });
    const start = at;
    at += chunk.bytes;
    return struct({
      2: i64(start),
      3: struct({
        1: i32(physicalOf(type).type),
        2: list(used.map(i32)),
        3: list([binary(name)]),
        4: i32(snappyCodec),
        5: i64(chunk.values),
        6: i64(chunk.uncompressedBytes),
        7: i64(chunk.bytes),
        9: i64(start + dictionaryBytes),
        11: dictionaryBytes > 0 ? i64(start) : undefined,
        12: statistics,
      }),
    });
  });
  const uncompressed = chunks.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0);
  return struct({ 1: list(metadata), 2: i64(uncompressed), 3: i64(rows), 5: i64(offset), 6: i64(at - offset) });
}

export const magic = Buffer.from('PAR1');

/** Returns the file metadata, its length and the magic number, which end a file. */
export function footer(
  columns: readonly ParquetColumn[],
  groups: readonly Thrift[],
  rows: number,
  createdBy: string,
): Buffer {
  const root = struct({ 4: binary('schema'), 5: i32(columns.length) });
  const elements = columns.map(schemaElement);
  const typeDefinedOrder = struct({ 1: nothing });
  const { bytes } = struct({
    1: i32(2),
    2: list([root, ...elements]),
    3: i64(rows),
    4: list(groups),
    6: binary(createdBy),
    7: list(columns.map(() => typeDefinedOrder)),
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([bytes, length, magic]);
}
