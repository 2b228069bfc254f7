import { count } from '@etl/lib/amounts';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { type SinkCommit, SinkError, type SinkState, ThrottledError } from '../../../activities/ports';
import type { Cell, DataApi, Ended } from './dataApi';
import { withoutValues } from './errors';
import type { Existing } from './evolution';
import { ledgerName, shownTable, type Target } from './target';
import type { TableColumn } from './types';

export const columnsQuery =
  'SELECT CAST(table_name AS VARCHAR(256)), CAST(column_name AS VARCHAR(256)), CAST(data_type AS VARCHAR(256)), ' +
  'CAST(character_maximum_length AS INTEGER), CAST(numeric_precision AS INTEGER), CAST(numeric_scale AS INTEGER) ' +
  'FROM information_schema.columns WHERE table_schema = :schema AND table_name IN (:table, :ledger) ' +
  'ORDER BY ordinal_position';

/** Reads the columns of a target's tables. */
export async function readColumns(api: DataApi, target: Target, sink: RedshiftSink): Promise<Existing> {
  const { schema, table, ledger } = target;
  const ended = await api.query('catalog', columnsQuery, { schema, table, ledger }, sink);
  const rows = rowsOf(ended, `read the columns of ${shownTable(target)}`);
  const columnsOf = (name: string) => rows.filter(([of]) => of === name).map(columnOf);
  return { table: columnsOf(table), ledger: columnsOf(ledger) };
}

function columnOf([, name, type, length, precision, scale]: readonly Cell[]): TableColumn {
  return {
    name: String(name),
    type: String(type),
    ...(typeof length === 'number' && { length }),
    ...(typeof precision === 'number' && { precision }),
    ...(typeof scale === 'number' && { scale }),
  };
}

export const ledgerQuery = (target: Target): string =>
  `SELECT "commit_number", "dataset", "row_count" FROM ${ledgerName(target)} ` +
  'WHERE "batch_date" = CAST(:batch_date AS DATE) AND "source" = :source';

/**
 * Looks up a commit in the ledger. Returns `applied` or `superseded`; undefined if the commit is not applied, or if
 * another load of the table is running.
 * @throws {SinkError} if the rows of the batch belong to another dataset
 */
export async function endInLedger(
  api: DataApi,
  { batch, number }: SinkCommit,
  target: Target,
  sink: RedshiftSink,
): Promise<SinkState | undefined> {
  const parameters = { batch_date: batch.batchDate, source: batch.source };
  const ended = await api.query('ledger', ledgerQuery(target), parameters, sink);
  if (ended.end === 'timeout') return undefined;
  const [row] = rowsOf(ended, `read the ledger ${target.schema}.${target.ledger}`);
  if (!row) return undefined;
  const [applied, dataset, rows] = row;
  if (dataset !== batch.dataset)
    throw new SinkError(
      `Redshift table ${shownTable(target)} has batch ${batch.batchDate}/${batch.source} of dataset ${String(dataset)}. ` +
        `Set another table with sink key table of dataset ${batch.dataset}`,
    );
  if (Number(applied) > number) return { state: 'superseded' };
  return Number(applied) === number ? appliedState(Number(rows), batch, target) : undefined;
}

export function appliedState(rows: number, batch: SinkCommit['batch'], target: Target): SinkState {
  return {
    state: 'applied',
    detail: `${count(rows, 'row')} of ${batch.batchDate}/${batch.source} in ${shownTable(target)}`,
  };
}

/**
 * Returns the rows of a query.
 * @throws {ThrottledError} if the query may succeed later
 * @throws {SinkError} if it failed for another reason
 */
function rowsOf(ended: Ended, what: string): readonly (readonly Cell[])[] {
  if (ended.end === 'finished') return ended.rows;
  if (ended.end === 'timeout') throw new ThrottledError(`Redshift did not ${what} in time`);
  const message = `Redshift cannot ${what}: ${withoutValues(ended.reason)}`;
  throw ended.retry
    ? new ThrottledError(message)
    : new SinkError(`${message}. Check the database, the schema and the grants of the secret's user`);
}
