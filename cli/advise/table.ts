/** Aligns the cells of all rows in columns. The last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Formats dollars, or `-` if there is no price. */
export const dollars = (usd: number | null, digits = 2): string =>
  usd === null ? '-' : `${usd < 0 ? '-' : ''}$${Math.abs(usd).toFixed(digits)}`;
