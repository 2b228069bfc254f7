import { isUtf8 } from 'node:buffer';
import { splitRow } from '@etl/pipeline/csv/splitRow';
import type { ColumnPlan } from '../types/schema';
import type { FieldDialect, reasons } from './engine';

/**
 * Returns the name of the column for which a row is rejected: the first missing column, or the first one with bytes
 * that are not text. Returns null if the row as a whole is rejected.
 */
export function rejectedColumn(
  reason: keyof typeof reasons,
  row: Buffer,
  plans: readonly ColumnPlan[],
  dialect: FieldDialect,
): string | null {
  const split = () => splitRow(row, 0, dialect, plans.length);
  const firstWith = (isBad: (content: Buffer) => boolean): number =>
    split().fields.findIndex(({ start, end }) => isBad(row.subarray(start, end)));
  switch (reason) {
    case 'tooFew':
      return plans[split().width]?.name ?? null;
    case 'notUtf8':
      return plans[firstWith((content) => !isUtf8(content))]?.name ?? null;
    case 'nul':
      return plans[firstWith((content) => content.includes(0))]?.name ?? null;
    default:
      return null;
  }
}
