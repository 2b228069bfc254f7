import type { SchemaColumn } from '@etl/pipeline/manifest';
import { changesFor, type Existing } from '../../../../aws/sinks/redshift/evolution';
import { targetOf } from '../../../../aws/sinks/redshift/target';
import type { TableColumn } from '../../../../aws/sinks/redshift/types';
import { commitWith, redshiftSink } from '../../../support/redshift/samples';

const id: SchemaColumn = { name: 'id', sourceName: 'id', type: 'integer' };
const note: SchemaColumn = { name: 'note', sourceName: 'note', type: 'text', maxBytes: 100 };
const batch: TableColumn[] = [
  { name: 'batch_date', type: 'date' },
  { name: 'source', type: 'character varying', length: 256 },
];
const ledger: TableColumn[] = [{ name: 'batch_date', type: 'date' }];
const bigint: TableColumn = { name: 'id', type: 'bigint' };

const changes = (existing: Partial<Existing>, sink = redshiftSink(), columns = [id, note]): string[] => {
  const target = targetOf(commitWith(columns), sink);
  return changesFor(columns, { table: [], ledger: [], ...existing }, target, sink).flatMap(({ sqls }) => sqls);
};

test('creates what is missing', () => {
  expect(changes({}).map((sql) => sql.slice(0, 57))).toEqual([
    'CREATE TABLE IF NOT EXISTS "public"."etl_commits_orders" ',
    'CREATE TABLE IF NOT EXISTS "public"."orders" ("id" BIGINT',
  ]);
  expect(changes({ table: [...batch, bigint, { ...note, type: 'character varying', length: 256 }] })).toHaveLength(1);
});

test('empties the ledger of a table that was dropped, in the transaction that creates the table', () => {
  expect(changes({ ledger }).map((sql) => sql.slice(0, 43))).toEqual([
    'CREATE TABLE "public"."orders" ("id" BIGINT',
    'DELETE FROM "public"."etl_commits_orders"',
  ]);
});

test('changes one column at a time, and nothing that fits', () => {
  const short: TableColumn = { name: 'note', type: 'character varying', length: 64 };
  expect(changes({ ledger, table: [...batch, bigint, short] })).toEqual([
    'ALTER TABLE "public"."orders" ALTER COLUMN "note" TYPE VARCHAR(256)',
  ]);
  expect(changes({ ledger, table: [bigint] })).toEqual([
    'ALTER TABLE "public"."orders" ADD COLUMN "note" VARCHAR(256)',
    'ALTER TABLE "public"."orders" ADD COLUMN "batch_date" DATE',
    'ALTER TABLE "public"."orders" ADD COLUMN "source" VARCHAR(256)',
  ]);
  expect(changes({ ledger, table: [...batch, bigint, { ...short, length: 100 }] })).toEqual([]);
});

test('a table whose column of the batch has another type is refused', () => {
  const table = [{ name: 'batch_date', type: 'integer' }, bigint];
  expect(() => changes({ ledger, table })).toThrow(
    'column "batch_date" is INTEGER, but the data has date (DATE). Set another name with sink key columns',
  );
});

test('a difference that a change cannot resolve is an error, also without evolve', () => {
  const table = [...batch, { name: 'id', type: 'integer' }];
  for (const evolve of [true, false])
    expect(() => changes({ ledger, table }, redshiftSink({ evolve }))).toThrow(/column "id" is INTEGER/);
});

test('without evolve, names the statements', () => {
  expect(() => changes({ ledger, table: [...batch, bigint] }, redshiftSink({ evolve: false }))).toThrow(
    'cannot hold the columns of the data. Run: ALTER TABLE "public"."orders" ADD COLUMN "note" VARCHAR(256)',
  );
});
