import type { SchemaColumn } from '@etl/pipeline/manifest';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import { SinkError } from '../../../activities/ports';
import { folded, identifier } from './quote';
import { ledgerColumns, ledgerName, shownTable, type Target, tableName } from './target';
import { columnType, fitOf, type TableColumn, typeName, varcharBytes } from './types';

/** Columns of the existing tables; no columns for a missing table. */
export interface Existing {
  readonly table: readonly TableColumn[];
  readonly ledger: readonly TableColumn[];
}

/** A change of a table. Redshift adds one column per statement, and cannot change a text length in a transaction. */
export interface Change {
  /** Description for messages. Begins with a verb. */
  readonly what: string;
  /** Statements, which run as one transaction. */
  readonly sqls: readonly string[];
}

/** Columns that identify the batch of a row. The name of a source has at most 100 bytes. */
const batchColumns = ({ batchDate, source }: Target): SchemaColumn[] => [
  { name: batchDate, sourceName: batchDate, type: 'date' },
  { name: source, sourceName: source, type: 'text', maxBytes: 100 },
];

/**
 * Returns the changes that the tables need to hold the columns of a batch.
 * @throws {SinkError} if a change is impossible, or if `create` or `evolve` does not allow it
 */
export function changesFor(
  columns: readonly SchemaColumn[],
  existing: Existing,
  target: Target,
  { create = true, evolve = true }: RedshiftSink,
): Change[] {
  const table = shownTable(target);
  const missing = [
    ...(existing.ledger.length > 0 ? [] : [createLedger(target)]),
    ...(existing.table.length > 0 ? [] : [createTable(columns, existing, target)]),
  ];
  if (missing.length > 0 && !create)
    throw new SinkError(
      `Redshift table ${table} or its ledger ${target.schema}.${target.ledger} does not exist. Run: ${statementsOf(missing)}`,
    );
  if (existing.table.length === 0) return missing;
  const changes = alterations(columns, existing.table, target);
  if (changes.length > 0 && !evolve)
    throw new SinkError(`Redshift table ${table} cannot hold the columns of the data. Run: ${statementsOf(changes)}`);
  return [...missing, ...changes];
}

const statementsOf = (changes: readonly Change[]): string => changes.flatMap(({ sqls }) => sqls).join('; ');

function createLedger(target: Target): Change {
  const columns = ledgerColumns.map(([name, type]) => `${identifier(name)} ${type}`).join(', ');
  return {
    what: `create the ledger ${target.schema}.${target.ledger}`,
    sqls: [`CREATE TABLE IF NOT EXISTS ${ledgerName(target)} (${columns})`],
  };
}

/**
 * A ledger without its table is of a table that was dropped: its rows would keep the batches from being loaded again. Of
 * several writers, only the one that creates the table empties the ledger.
 */
function createTable(columns: readonly SchemaColumn[], { ledger }: Existing, target: Target): Change {
  const declared = [
    ...columns.map((each) => `${identifier(each.name)} ${columnType(each)}`),
    ...batchColumns(target).map((each) => `${identifier(each.name)} ${columnType(each)} NOT NULL`),
  ];
  const table = `${tableName(target)} (${declared.join(', ')})`;
  const what = `create the table ${shownTable(target)}`;
  return ledger.length === 0
    ? { what, sqls: [`CREATE TABLE IF NOT EXISTS ${table}`] }
    : { what: `${what} and empty its ledger`, sqls: [`CREATE TABLE ${table}`, `DELETE FROM ${ledgerName(target)}`] };
}

function alterations(columns: readonly SchemaColumn[], existing: readonly TableColumn[], target: Target): Change[] {
  const byName = new Map(existing.map((each) => [folded(each.name), each]));
  const table = tableName(target);
  const add = (name: string, type: string): Change => ({
    what: `add the column ${name} ${type} to ${shownTable(target)}`,
    sqls: [`ALTER TABLE ${table} ADD COLUMN ${identifier(name)} ${type}`],
  });
  const changeOf = (column: SchemaColumn): Change[] => {
    const there = byName.get(folded(column.name));
    if (!there) return [add(column.name, columnType(column))];
    switch (fitOf(column, there)) {
      case 'fits':
        return [];
      case 'longer': {
        const type = `VARCHAR(${varcharBytes(column.maxBytes)})`;
        const what = `widen the column ${column.name} of ${shownTable(target)} to ${type}`;
        return [{ what, sqls: [`ALTER TABLE ${table} ALTER COLUMN ${identifier(column.name)} TYPE ${type}`] }];
      }
      case 'differs':
        throw new SinkError(differs(column, there, target));
    }
  };
  return [...columns, ...batchColumns(target)].flatMap(changeOf);
}

function differs(column: SchemaColumn, there: TableColumn, target: Target): string {
  const remedy =
    column.name === target.batchDate || column.name === target.source
      ? 'Set another name with sink key columns'
      : `Declare the column's type in the dataset, or give the table a new column of the type ${columnType(column)}, copy the values, and rename it`;
  return (
    `Redshift table ${shownTable(target)}: column ${JSON.stringify(column.name)} is ${typeName(there)}, ` +
    `but the data has ${column.type} (${columnType(column)}). ${remedy}`
  );
}
