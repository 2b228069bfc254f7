import type { SchemaColumn } from '@etl/pipeline/manifest';
import { columnsQuery } from '../../../../aws/sinks/redshift/catalog';
import type { Cell, DataApi, Ended } from '../../../../aws/sinks/redshift/dataApi';
import { prepareTables } from '../../../../aws/sinks/redshift/prepare';
import { targetOf } from '../../../../aws/sinks/redshift/target';
import { commitWith, redshiftSink } from '../../../support/redshift/samples';

const columns: SchemaColumn[] = [
  { name: 'id', sourceName: 'id', type: 'integer' },
  { name: 'price', sourceName: 'price', type: 'double' },
];
const commit = commitWith(columns);
const sink = redshiftSink();
const target = targetOf(commit, sink);

const column = (table: string, name: string, type: string, length: number | null = null): Cell[] => [
  ...[table, name, type, length, null, null],
];
const ledger = [column(target.ledger, 'batch_date', 'date')];
const table = [
  ...[column(target.table, 'batch_date', 'date'), column(target.table, 'source', 'character varying', 256)],
  column(target.table, 'id', 'bigint'),
];
const price = column(target.table, 'price', 'double precision');

/** Prepares tables whose catalog and changes answer in this order; returns the statements of the changes. */
async function prepare(catalogs: readonly Cell[][][], changes: readonly Ended[]): Promise<string[]> {
  const left = { catalogs: [...catalogs], changes: [...changes] };
  const made: string[] = [];
  const api = {
    query: async (_: string, sql: string) => ({
      end: 'finished',
      rows: sql === columnsQuery ? (left.catalogs.shift() ?? []) : [],
    }),
    change: async (sqls: readonly string[]) => {
      made.push(sqls[0]?.split(' ').slice(0, 2).join(' ') ?? '');
      return left.changes.shift();
    },
  } as unknown as DataApi;
  await prepareTables(api, commit, target, sink);
  return made;
}

const exists: Ended = { end: 'failed', reason: 'ERROR: relation "orders" already exists', retry: false };
const denied: Ended = { end: 'failed', reason: 'ERROR: permission denied for schema public', retry: false };
const done: Ended = { end: 'finished', rows: [] };

test('a failed creation is not final once another writer has created the table: the columns that are left are added', async () => {
  const catalogs = [ledger, ledger, [...ledger, ...table], [...ledger, ...table, price]];
  expect(await prepare(catalogs, [exists, exists, done])).toEqual(['CREATE TABLE', 'CREATE TABLE', 'ALTER TABLE']);
});

test('a change that fails twice and is still needed is final', async () => {
  const made = prepare([ledger, ledger, ledger], [denied, denied]);
  await expect(made).rejects.toThrow(/permission denied .*\. Grant the secret's user the permission/);
});
