import { type ColumnType, decimalOf, kindOf, type TypeKind } from '@etl/pipeline/columns/types';

/**
 * Catalog type for each column type. The catalog has no time type and one timestamp type. Parquet files store JSON as
 * text.
 * @see Amazon Athena User Guide, "Data types in Amazon Athena"
 */
const catalogTypes: Readonly<Record<Exclude<TypeKind, 'decimal'>, string>> = {
  text: 'string',
  integer: 'bigint',
  int32: 'int',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  // Trino reads TIME_MICROS as bigint, and Hive has no time type.
  time: 'bigint',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  json: 'string',
};

/** Returns the catalog type: `bigint`, `decimal(10,2)`, … */
export function catalogType(type: ColumnType): string {
  const kind = kindOf(type);
  return kind === 'decimal' ? type : catalogTypes[kind];
}

/**
 * Returns the type that holds the values of both types without loss; undefined if there is none that Athena, Trino and
 * Spark 4 read from the Parquet files of both.
 * @see Amazon Athena User Guide, "Change a column data type"; Trino, CoercionUtils; Apache Spark, SPARK-40876
 */
export function commonType(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a === b) return a;
  if (isOneOf(a, b, 'int32', 'integer')) return 'integer';
  if (isOneOf(a, b, 'text', 'json')) return 'text';
  const [left, right] = [decimalOf(a), decimalOf(b)];
  if (!left || !right || left.scale !== right.scale) return undefined;
  return left.precision > right.precision ? a : b;
}

const isOneOf = (a: ColumnType, b: ColumnType, ...pair: readonly [ColumnType, ColumnType]): boolean =>
  pair.includes(a) && pair.includes(b);
