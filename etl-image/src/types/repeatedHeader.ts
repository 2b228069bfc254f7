import { mostNameChars, normaliseName } from '@etl/pipeline/csv/columnNames';
import type { ColumnPlan } from './schema';

type Names = readonly Pick<ColumnPlan, 'sourceName'>[];

/** Names that are all shorter may well be values in another case: `a,b` below `A,B`. */
const tellingLength = 4;

/**
 * Creates the test whether a row is the header again, as there is one where files were put one behind the other. Spaces around the
 * names do not count, nor does their case where one of several is long enough to tell.
 */
export function createHeaderTest(columns: Names): (fields: readonly string[]) => boolean {
  // Thousands of names take time, and hardly any file has a row to be tested.
  let normal: readonly string[] | undefined;
  return ([first = '', ...others]) => {
    const fields = [withoutMark(first), ...others];
    if (fields.length !== columns.length) return false;
    const isSame = (field: string, at: number): boolean =>
      field.slice(0, mostNameChars).trim() === columns[at]?.sourceName.trim();
    if (fields.every(isSame)) return true;
    normal ??= columns.map(({ sourceName }) => normaliseName(sourceName));
    const anyCase = normal.length > 1 && normal.some((name) => name.length >= tellingLength);
    return anyCase && fields.every((field, at) => normaliseName(field) === normal?.[at]);
  };
}

/** A file behind another one may begin with a byte order mark, which then is in front of the first field's quotes. */
function withoutMark(field: string): string {
  return field.startsWith('\ufeff') ? field.slice(1).replace(/^(["'])(.*)\1$/s, '$2') : field;
}
