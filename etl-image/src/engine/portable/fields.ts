import { isUtf8 } from 'node:buffer';
import { splitRow, textOf } from '@etl/pipeline/csv/splitRow';
import type { FieldDialect, reasons } from '../engine';

/** A row's fields, or the reason why the row is invalid. The number of fields is not checked. */
export type Fields = readonly string[] | 'blank' | keyof typeof reasons;

/** Reads the fields of a row. @see docs/csv.md */
export function readFields(row: Buffer, dialect: FieldDialect): Fields {
  const { end, fields, trouble } = splitRow(row, 0, dialect);
  if (end === 0) return 'blank';
  if (!isUtf8(row)) return 'notUtf8';
  if (row.includes(0)) return 'nul';
  return trouble ?? fields.map((field) => textOf(row, field, dialect.quote));
}
