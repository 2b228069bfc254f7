import { decimalOf, kindOf, type TypeKind } from '@etl/pipeline/columns/types';
import type { SchemaColumn } from '@etl/pipeline/manifest';

/** Types without parameters: the name in DDL, and the name in `information_schema`. */
const simple: Readonly<Record<Exclude<TypeKind, 'text' | 'json' | 'decimal'>, readonly [string, string]>> = {
  integer: ['BIGINT', 'bigint'],
  int32: ['INTEGER', 'integer'],
  double: ['DOUBLE PRECISION', 'double precision'],
  boolean: ['BOOLEAN', 'boolean'],
  date: ['DATE', 'date'],
  time: ['TIME', 'time without time zone'],
  timestamp: ['TIMESTAMP', 'timestamp without time zone'],
  timestamptz: ['TIMESTAMPTZ', 'timestamp with time zone'],
};

/**
 * Maximum length of a VARCHAR, in bytes of UTF-8.
 * @see Amazon Redshift Database Developer Guide, "Character types"
 */
export const maxVarcharBytes = 65_535;

/**
 * Maximum scale of a DECIMAL.
 * @see Amazon Redshift Database Developer Guide, "Numeric types"
 */
export const maxScale = 37;

/** Lengths of VARCHAR columns, in bytes. There are few lengths, so that a column is seldom widened. */
const varcharSizes = [64, 256, 1024, 4096, 16_384, maxVarcharBytes] as const;

/**
 * Returns the length of a VARCHAR column: at least twice the length of the longest value, at most the maximum. Returns the
 * maximum if the length of the longest value is unknown.
 */
export function varcharBytes(maxBytes: number | undefined): number {
  if (maxBytes === undefined) return maxVarcharBytes;
  return varcharSizes.find((size) => size >= 2 * maxBytes) ?? maxVarcharBytes;
}

/** Returns the type of a new column. */
export function columnType({ type, maxBytes }: Pick<SchemaColumn, 'type' | 'maxBytes'>): string {
  const decimal = decimalOf(type);
  if (decimal) return `DECIMAL(${decimal.precision},${decimal.scale})`;
  const kind = kindOf(type);
  return isText(kind) ? `VARCHAR(${varcharBytes(maxBytes)})` : simple[kind as keyof typeof simple][0];
}

/** Returns the type of a column of the stage table. COPY loads Parquet's UTC timestamps into TIMESTAMP. */
export function stageType(column: SchemaColumn): string {
  return column.type === 'timestamptz' ? 'TIMESTAMP' : columnType(column);
}

/** Returns the expression that converts a column of the stage table to the type of the target column. */
export function stageValue({ type }: SchemaColumn, name: string): string {
  return type === 'timestamptz' ? `${name} AT TIME ZONE 'UTC'` : name;
}

/** A column of a table, as `information_schema` describes it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** In bytes; absent for types without a length. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

/** Returns the type of an existing column as it is written in DDL. */
export function typeName({ type, length, precision, scale }: TableColumn): string {
  if (type === 'character varying') return length === undefined ? 'VARCHAR' : `VARCHAR(${length})`;
  if (type === 'numeric') return precision === undefined ? 'DECIMAL' : `DECIMAL(${precision},${scale ?? 0})`;
  return Object.values(simple).find(([, name]) => name === type)?.[0] ?? type.toUpperCase();
}

/**
 * Whether an existing column can hold every value of a column of a batch. `longer`: the values are longer than the
 * existing text column, which must be widened.
 */
export type Fit = 'fits' | 'longer' | 'differs';

export function fitOf({ type, maxBytes }: SchemaColumn, existing: TableColumn): Fit {
  const kind = kindOf(type);
  if (isText(kind)) {
    if (existing.type !== 'character varying') return 'differs';
    return (existing.length ?? maxVarcharBytes) >= (maxBytes ?? maxVarcharBytes) ? 'fits' : 'longer';
  }
  const decimal = decimalOf(type);
  if (decimal) {
    const { type: name, precision = 38, scale = 0 } = existing;
    const integers = precision - scale >= decimal.precision - decimal.scale;
    return name === 'numeric' && integers && scale >= decimal.scale ? 'fits' : 'differs';
  }
  const [, name] = simple[kind as keyof typeof simple];
  return existing.type === name || (kind === 'int32' && existing.type === 'bigint') ? 'fits' : 'differs';
}

const isText = (kind: TypeKind): boolean => kind === 'text' || kind === 'json';
