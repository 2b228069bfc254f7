import { isUtf8 } from 'node:buffer';
import { defaults } from '../optionDefaults';
import type { Options } from '../options';
import { type Column, mostColumns, nameColumns } from './columnNames';
import { sampleRows } from './dialect';
import type { Preamble } from './preamble';
import { type FieldDialect, type SplitRow, textOf } from './splitRow';

export interface SampleInspection {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly columns: readonly Column[];
  readonly sampleRows: number;
  /** Average bytes per row, as UTF-8. */
  readonly rowBytes: number;
}

/** The head need not be typical of a large file: it is rejected for its rows only when they are far off. */
const sampleTolerance = 0.1;

/** Inspects the header and the first rows, which are UTF-8 where the file is valid. `complete`: these are all rows. */
export function inspectSample(
  bytes: Buffer,
  dialect: FieldDialect & { readonly preamble?: Preamble },
  complete: boolean,
  options: Pick<Options, 'rejects'>,
): SampleInspection {
  const [header, ...rows] = describeRows(bytes, dialect, complete);
  const none = { warnings: [], columns: [], sampleRows: 0, rowBytes: 0 };
  if (!header) return { ...none, problems: ['the first line has no column names'] };
  if (header.width > mostColumns)
    return {
      ...none,
      problems: [
        `the header has ${header.width} columns, more than the limit of ${mostColumns}: split the file, or remove columns`,
      ],
    };
  const open = [header, ...rows].find((row) => row.open);
  if (open) {
    const problem = `the quote opened in the row at line ${(dialect.preamble?.lines ?? 0) + lineOf(bytes, open, dialect)} is never closed`;
    return { ...none, problems: [`the sample cannot be read as CSV: ${problem}`] };
  }

  const names = header.fields.map((field) => textOf(bytes, field, dialect.quote));
  const { columns, warnings } = nameColumns(names);
  const allowed = options.rejects?.maxShare ?? defaults.rejectsMaxShare;
  // Do not reject data that a gate would hold.
  const isFinal = complete && options.rejects?.level !== 'hold';
  const inspected = inspectRows(rows, header.width, isFinal ? allowed : Math.max(allowed, sampleTolerance));
  return {
    columns,
    sampleRows: rows.length,
    rowBytes: bytes.length / (rows.length + 1),
    problems: [...inspectHeader(header, names), ...inspected.problems],
    warnings: [...warnings, ...inspected.warnings],
  };
}

/** Returns the line number of a row, from 1, as in an editor. */
function lineOf(bytes: Buffer, { start }: SplitRow, { lineEnd }: FieldDialect): number {
  return bytes.toString('latin1', 0, start).split(lineEnd).length;
}

interface DescribedRow extends SplitRow {
  readonly isUtf8: boolean;
}

function describeRows(bytes: Buffer, dialect: FieldDialect, complete: boolean): DescribedRow[] {
  const allValid = isUtf8(bytes);
  const rows = sampleRows(bytes, dialect, complete, mostColumns);
  return Array.from(rows, (row) => ({ ...row, isUtf8: allValid || isUtf8(bytes.subarray(row.start, row.end)) }));
}

function inspectHeader({ isUtf8, trouble }: DescribedRow, names: readonly string[]): string[] {
  if (!isUtf8) return ['the first line has bytes that are not UTF-8: declare dialect.encoding, or correct it'];
  if (trouble === 'misquoted')
    return ['the first line has text after a closing quote: correct it, or declare dialect.quote'];
  if (names.every((name) => name.trim() === '')) return ['the first line has no column names'];
  const numbers = names.filter((name) => /^\s*[-+]?\d+([.,]\d+)?\s*$/.test(name)).length;
  if (names.length > 1 && numbers === names.length) return ['the first line has only numbers: add a header'];
  return [];
}

/**
 * Inspects data rows. A few rows that cannot be loaded are rejects for the container; many mean that the file is not
 * CSV as expected.
 */
function inspectRows(rows: readonly DescribedRow[], width: number, allowed: number) {
  const found = { problems: [] as string[], warnings: [] as string[] };
  const check = (
    isWrong: (row: DescribedRow) => boolean,
    what: string,
    factOf: (row: DescribedRow) => string,
  ): void => {
    const examples: string[] = [];
    let matches = 0;
    for (const [index, row] of rows.entries())
      if (isWrong(row) && ++matches <= 3) examples.push(`row ${index + 1}${factOf(row)}`);
    if (matches === 0) return;
    const text = `${matches} of the first ${rows.length} rows ${what} (${examples.join(', ')})`;
    (matches / rows.length > allowed ? found.problems : found.warnings).push(text);
  };
  const hasOtherWidth = (row: DescribedRow): boolean => row.width !== width;
  check(hasOtherWidth, `do not have the header's ${width} fields`, (row) => ` has ${row.width}`);
  const hasInvalidBytes = (row: DescribedRow): boolean => !row.isUtf8;
  check(hasInvalidBytes, 'have bytes that are not UTF-8, unless dialect.encoding declares another encoding', () => '');
  return found;
}
