import { wrap } from '@etl/lib/text/wrap';

/** Column widths for a terminal of 100 columns: a label, and a cell for each side. */
const widths = [26, 36, 36] as const;

/** Formats a row. Cells that are too long wrap to further lines. */
export function row(...cells: readonly [string, string, string]): string[] {
  const wrapped = cells.map((cell, column) => wrap(cell, (widths[column] ?? 0) - 2));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, column) => (lines[line] ?? '').padEnd(widths[column] ?? 0))
      .join('')
      .trimEnd(),
  );
}
