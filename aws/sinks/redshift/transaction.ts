import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import type { SinkCommit } from '../../../activities/ports';
import { constant, day, identifier, literal } from './quote';
import { ledgerColumns, ledgerName, tableName, targetOf } from './target';
import { stageType, stageValue } from './types';

/** The statements of a load, by purpose. */
export type StepName =
  | 'lock'
  | 'fence'
  | 'stage'
  | 'copy'
  | 'count'
  | 'forget'
  | 'record'
  | 'delete'
  | 'insert'
  | 'drop';

export interface Step {
  readonly name: StepName;
  readonly sql: string;
}

/** Temporary table. A permanent table with this name does not conflict: statements qualify permanent tables. */
const stage = identifier('etl_stage');

/**
 * Returns the statements that replace the rows of a batch in one transaction. They depend on the arguments only, so that
 * a repeated request is identical. `manifest`: URI of COPY's manifest.
 *
 * The lock comes first: a transaction's snapshot begins with its first query, so the fence sees every earlier load.
 */
export function loadSteps(commit: SinkCommit, sink: RedshiftSink, manifest: string): Step[] {
  const { batch, number, manifest: content } = commit;
  const target = targetOf(commit, sink);
  const [table, ledger] = [tableName(target), ledgerName(target)];
  const { schema, totals, parts, runId } = content;
  const names = schema.map(({ name }) => identifier(name));
  const ofBatch = (date: string, source: string) =>
    `${identifier(date)} = ${day(batch.batchDate)} AND ${identifier(source)} = ${literal(batch.source)}`;
  const inLedger = ofBatch('batch_date', 'source');
  const hasRows = parts.length > 0;
  const load: Step[] = [
    {
      name: 'stage',
      sql: `CREATE TEMPORARY TABLE ${stage} (${schema.map((each, at) => `${names[at]} ${stageType(each)}`).join(', ')})`,
    },
    // No column list, which COPY does not document for Parquet: the stage table has exactly the columns of the files.
    {
      name: 'copy',
      sql: `COPY ${stage} FROM ${constant(manifest)} IAM_ROLE ${constant(sink.iamRole)} FORMAT AS PARQUET MANIFEST`,
    },
    { name: 'count', sql: assertion(`count(*) = ${totals.rowsWritten}`, stage) },
  ];
  const columns = [...names, identifier(target.batchDate), identifier(target.source)].join(', ');
  const values = [
    ...schema.map((each, at) => stageValue(each, names[at] ?? '')),
    day(batch.batchDate),
    // In a query, a literal without a cast has the type UNKNOWN.
    `CAST(${literal(batch.source)} AS VARCHAR(256))`,
  ].join(', ');
  const insert: Step[] = [
    { name: 'insert', sql: `INSERT INTO ${table} (${columns}) SELECT ${values} FROM ${stage}` },
    { name: 'drop', sql: `DROP TABLE ${stage}` },
  ];
  const row = [
    ...[day(batch.batchDate), literal(batch.source), literal(batch.dataset), number],
    ...[literal(runId), totals.rowsWritten, 'GETDATE()'],
  ];
  return [
    { name: 'lock', sql: `LOCK TABLE ${ledger}` },
    { name: 'fence', sql: assertion('count(*) = 0', `${ledger} WHERE ${inLedger} AND "commit_number" >= ${number}`) },
    ...(hasRows ? load : []),
    { name: 'forget', sql: `DELETE FROM ${ledger} WHERE ${inLedger}` },
    { name: 'record', sql: `INSERT INTO ${ledger} (${ledgerColumnNames}) VALUES (${row.join(', ')})` },
    { name: 'delete', sql: `DELETE FROM ${table} WHERE ${ofBatch(target.batchDate, target.source)}` },
    ...(hasRows ? insert : []),
  ];
}

/**
 * Returns a query that fails, and ends the transaction, unless a condition on aggregates of the rows holds. The divisor
 * depends on the rows, so the planner cannot evaluate it.
 */
function assertion(condition: string, rows: string): string {
  return `SELECT 1 / (CASE WHEN ${condition} THEN 1 ELSE 0 END) FROM ${rows}`;
}

const ledgerColumnNames = ledgerColumns.map(([name]) => identifier(name)).join(', ');
