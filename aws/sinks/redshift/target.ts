import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { defaultTable } from '@etl/pipeline/sinks/sink';
import type { SinkCommit } from '../../../activities/ports';
import { qualified } from './quote';

/** The tables of a sink, and the columns that identify a batch. */
export interface Target {
  readonly schema: string;
  readonly table: string;
  /** Table with one row per batch: the commit that `table` has. */
  readonly ledger: string;
  readonly batchDate: string;
  readonly source: string;
}

/**
 * Returns the target of a commit. Each table has a ledger of its own, because loads lock it: those of other tables do
 * not wait.
 */
export function targetOf({ batch }: SinkCommit, sink: RedshiftSink): Target {
  const table = sink.table ?? defaultTable(batch.dataset);
  return {
    schema: sink.schema ?? 'public',
    table,
    ledger: `etl_commits_${table}`,
    batchDate: sink.columns?.batchDate ?? 'batch_date',
    source: sink.columns?.source ?? 'source',
  };
}

export const tableName = ({ schema, table }: Target): string => qualified(schema, table);
export const ledgerName = ({ schema, ledger }: Target): string => qualified(schema, ledger);

/** Returns the name of a table for messages. */
export const shownTable = ({ schema, table }: Target): string => `${schema}.${table}`;
