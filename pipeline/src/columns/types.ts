const numberTypes = ['integer', 'int32', 'double'] as const;
const timeTypes = ['date', 'time', 'timestamp', 'timestamptz'] as const;
/** Types without parameters. */
export const simpleTypes = ['text', ...numberTypes, 'boolean', ...timeTypes, 'json'] as const;
export type SimpleType = (typeof simpleTypes)[number];

/** Exact decimal numbers: precision (all digits) and scale (digits after the decimal mark). */
export type DecimalType = `decimal(${number},${number})`;

/** The type of a column, as declared and as in a manifest. */
export type ColumnType = SimpleType | DecimalType;

/** A type without its parameters. */
export type TypeKind = SimpleType | 'decimal';

/** Maximum number of digits of a decimal, as in Glue, Athena, Redshift and Spark. */
export const maxPrecision = 38;

const decimalShape = /^decimal\((\d{1,2}),(\d{1,2})\)$/;

export interface DecimalShape {
  readonly precision: number;
  readonly scale: number;
}

/** Returns the precision and scale of a decimal type; undefined for any other text. */
export function decimalOf(type: string): DecimalShape | undefined {
  const [, p, s] = decimalShape.exec(type) ?? [];
  const [precision, scale] = [Number(p), Number(s)];
  return precision >= 1 && precision <= maxPrecision && scale <= precision ? { precision, scale } : undefined;
}

export function kindOf(type: ColumnType): TypeKind {
  return decimalOf(type) ? 'decimal' : (type as SimpleType);
}

/** Returns whether the values of a type are texts, of which manifests have the greatest length. */
export function isStoredAsText(type: ColumnType): boolean {
  return type === 'text' || type === 'json';
}

export function isColumnType(type: unknown): type is ColumnType {
  if (typeof type !== 'string') return false;
  return (simpleTypes as readonly string[]).includes(type) || decimalOf(type) !== undefined;
}

export const typeProblem = `is not a type: expected ${simpleTypes.join(', ')} or decimal(p,s) with 1 ≤ p ≤ ${maxPrecision} and 0 ≤ s ≤ p`;
