import { mostNameChars, normaliseName } from '@etl/pipeline/csv/columnNames';
import type { ColumnPlan } from './schema';

type Names = readonly Pick<ColumnPlan, 'sourceName'>[];

/** If all names are shorter, a row that differs from them in case may hold values: `a,b` below `A,B`. */
const minDistinctiveLength = 4;

/**
 * Creates a test for rows that repeat the header, as in concatenated files. The test ignores spaces around names. It
 * ignores case if there are several names and one of them has at least `minDistinctiveLength` characters.
 */
export function createHeaderTest(columns: Names): (fields: readonly string[]) => boolean {
  // Computed on first use: thousands of names take time, and few files have a candidate row.
  let normal: readonly string[] | undefined;
  return ([first = '', ...others]) => {
    const fields = [withoutMark(first), ...others];
    if (fields.length !== columns.length) return false;
    const isSame = (field: string, at: number): boolean =>
      field.slice(0, mostNameChars).trim() === columns[at]?.sourceName.trim();
    if (fields.every(isSame)) return true;
    normal ??= columns.map(({ sourceName }) => normaliseName(sourceName));
    const anyCase = normal.length > 1 && normal.some((name) => name.length >= minDistinctiveLength);
    return anyCase && fields.every((field, at) => normaliseName(field) === normal?.[at]);
  };
}

/** A concatenated file may begin with a byte order mark, which then precedes the quotes of the first field. */
function withoutMark(field: string): string {
  return field.startsWith('\ufeff') ? field.slice(1).replace(/^(["'])(.*)\1$/s, '$2') : field;
}
