import { oneLine } from '@etl/lib/oneLine';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import type { DataApi } from './dataApi';
import { withoutValues } from './errors';

/** Maximum number of load errors in a message. */
const maxErrors = 3;

/**
 * Queries of load errors, which Redshift keeps after a rollback: first the view of Serverless and current clusters, then
 * the view of older clusters. Neither query reads the columns with values of the data.
 * @see Amazon Redshift Database Developer Guide, SYS_LOAD_ERROR_DETAIL and STL_LOAD_ERRORS
 */
export const loadErrorQueries = [
  'SELECT file_name, column_name, error_message FROM sys_load_error_detail WHERE query_id = CAST(:query_id AS BIGINT) ' +
    `ORDER BY start_time LIMIT ${maxErrors}`,
  'SELECT filename, colname, err_reason FROM stl_load_errors WHERE query = CAST(:query_id AS BIGINT) ' +
    `ORDER BY starttime LIMIT ${maxErrors}`,
] as const;

/** Returns the first errors of a COPY: file, column and reason. Best effort: returns an empty list if they cannot be read. */
export async function loadErrors(
  api: DataApi,
  queryId: number,
  sink: RedshiftSink,
  names: ReadonlySet<string>,
): Promise<string[]> {
  for (const sql of loadErrorQueries) {
    const ended = await api.query('catalog', sql, { query_id: String(queryId) }, sink).catch(() => undefined);
    if (ended?.end !== 'finished') continue;
    return ended.rows.map(([file, column, reason]) => {
      const of = text(column) === '' ? '' : `, column ${text(column)}`;
      return `${text(file)}${of}: ${withoutValues(text(reason), names)}`;
    });
  }
  return [];
}

/** The views pad their texts with spaces. */
const text = (cell: unknown): string => oneLine(String(cell ?? ''));
