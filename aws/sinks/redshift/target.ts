import { ledgerPrefix, type RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { defaultTable } from '@etl/pipeline/sinks/sink';
import { type SinkCommit, SinkError } from '../../../activities/ports';
import { qualified } from './quote';

/** The tables of a sink, and the columns that identify a batch. */
export interface Target {
  readonly schema: string;
  readonly table: string;
  /** Table with one row per batch: the commit whose rows `table` has. */
  readonly ledger: string;
  readonly batchDate: string;
  readonly source: string;
}

/**
 * Returns the target of a commit. Each table has its own ledger, because a load locks the ledger: loads of other tables
 * do not wait.
 * @throws {SinkError} if the table has the name of a ledger
 */
export function targetOf({ batch }: SinkCommit, sink: RedshiftSink): Target {
  const table = sink.table ?? defaultTable(batch.dataset);
  if (table.startsWith(ledgerPrefix))
    throw new SinkError(`Redshift table ${table} has the name of a ledger. Set another table with sink key table`);
  return {
    schema: sink.schema ?? 'public',
    table,
    ledger: `${ledgerPrefix}${table}`,
    batchDate: sink.columns?.batchDate ?? 'batch_date',
    source: sink.columns?.source ?? 'source',
  };
}

/** Columns of a ledger, with their types. The names of sources, datasets and runs have at most 100 bytes. */
export const ledgerColumns = [
  ['batch_date', 'DATE NOT NULL'],
  ['source', 'VARCHAR(256) NOT NULL'],
  ['dataset', 'VARCHAR(256) NOT NULL'],
  ['commit_number', 'BIGINT NOT NULL'],
  ['run_id', 'VARCHAR(256) NOT NULL'],
  ['row_count', 'BIGINT NOT NULL'],
  ['applied_at', 'TIMESTAMP NOT NULL'],
] as const;

export const tableName = ({ schema, table }: Target): string => qualified(schema, table);
export const ledgerName = ({ schema, ledger }: Target): string => qualified(schema, ledger);

/** Returns the name of a table for messages. */
export const shownTable = ({ schema, table }: Target): string => `${schema}.${table}`;
