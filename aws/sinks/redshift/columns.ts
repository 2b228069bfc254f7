import { decimalOf } from '@etl/pipeline/columns/types';
import type { SchemaColumn } from '@etl/pipeline/manifest';
import { SinkError } from '../../../activities/ports';
import { folded, maxNameBytes } from './quote';
import { shownTable, type Target } from './target';
import { maxScale, maxVarcharBytes } from './types';

/**
 * Names of system columns, which a user-defined column cannot have.
 * @see Amazon Redshift Database Developer Guide, "Names and identifiers"
 */
const systemColumns: ReadonlySet<string> = new Set(['oid', 'tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/**
 * Maximum number of columns of a table.
 * @see Amazon Redshift Database Developer Guide, "CREATE TABLE"
 */
const maxColumns = 1600;

/**
 * Checks that a Redshift table can have the columns of a batch.
 * @throws {SinkError} with the table, the column and the remedy
 */
export function checkColumns(columns: readonly SchemaColumn[], target: Target): void {
  const problem = problemOf(columns, target);
  if (problem !== undefined) throw new SinkError(`Redshift table ${shownTable(target)}: ${problem}`);
}

function problemOf(columns: readonly SchemaColumn[], { batchDate, source }: Target): string | undefined {
  if (batchDate === source)
    return `the columns for batch date and source are both named ${batchDate}. Change sink key columns.batchDate or columns.source`;
  if (columns.length + 2 > maxColumns)
    return `the data has ${columns.length} columns, more than ${maxColumns - 2}. Split the file`;
  const seen = new Map<string, string>();
  for (const column of columns) {
    const name = folded(column.name);
    const other = seen.get(name);
    if (other !== undefined)
      return `the columns ${other} and ${column.name} differ only in case, which Redshift ignores. Rename one in the file`;
    seen.set(name, column.name);
    if (name === batchDate || name === source) {
      const key = name === batchDate ? 'columns.batchDate' : 'columns.source';
      return `the data has a column ${column.name}, which is the name of a column that the sink adds. Set another name with sink key ${key}`;
    }
    const ofColumn = nameProblem(name) ?? typeProblem(column);
    if (ofColumn !== undefined) return `column ${JSON.stringify(column.name)} ${ofColumn}`;
  }
  return undefined;
}

function nameProblem(name: string): string | undefined {
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes)
    return `has a name of ${bytes} bytes, more than ${maxNameBytes}. Shorten its name in the file`;
  if (/\p{Cc}/u.test(name)) return 'has a control character in its name. Rename it in the file';
  return systemColumns.has(name) ? 'has the name of a system column. Rename it in the file' : undefined;
}

function typeProblem({ type, maxBytes = 0 }: SchemaColumn): string | undefined {
  if (maxBytes > maxVarcharBytes)
    return `has a value of ${maxBytes} bytes, more than the ${maxVarcharBytes} of a VARCHAR. Shorten its values in the file`;
  const scale = decimalOf(type)?.scale ?? 0;
  return scale > maxScale
    ? `has type ${type}, whose scale is more than ${maxScale}. Declare a smaller scale`
    : undefined;
}
