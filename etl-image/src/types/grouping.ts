import type { ColumnRules } from '@etl/pipeline/columns/columnSchema';

type Thousands = NonNullable<ColumnRules['thousands']>;

/** Spreadsheets write a no-break space, narrow or wide, where a person writes a space. */
const separators: Readonly<Record<Thousands, string>> = {
  '.': '[.]',
  ',': ',',
  ' ': '[ \\u00a0\\u202f]',
  "'": "'",
  _: '_',
};

/**
 * Creates a function that removes the separators of thousands from a number. The function returns undefined if the
 * digits before the decimal mark are not in groups of three. A number without separators is valid.
 */
export function createUngroup(thousands: Thousands, mark: '.' | ','): (text: string) => string | undefined {
  const separator = separators[thousands];
  const shape = new RegExp(`^([+-]?(?:\\d*|[1-9]\\d{0,2}(?:${separator}\\d{3})+))((?:[${mark}]|[eE]).*)?$`, 's');
  const all = new RegExp(separator, 'g');
  return (text) => {
    const [, whole, rest = ''] = shape.exec(text) ?? [];
    return whole === undefined ? undefined : whole.replace(all, '') + rest;
  };
}

/** Returns the decimal mark that follows from the separator of thousands. */
export function markBeside(thousands: ColumnRules['thousands']): '.' | ',' | undefined {
  if (thousands === '.') return ',';
  return thousands === ',' ? '.' : undefined;
}

/** Removes the separators wherever they are. */
export function withoutSeparators(text: string, thousands: Thousands): string {
  return text.replace(new RegExp(separators[thousands], 'g'), '');
}
