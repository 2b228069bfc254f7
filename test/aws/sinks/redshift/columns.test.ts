import type { SchemaColumn } from '@etl/pipeline/manifest';
import { redshiftSinkSchema } from '@etl/pipeline/sinks/redshift';
import { checkColumns } from '../../../../aws/sinks/redshift/columns';
import { targetOf } from '../../../../aws/sinks/redshift/target';
import { columnsOfEveryType, commitWith, redshiftSink } from '../../../support/redshift/samples';

const text = (name: string, changes: Partial<SchemaColumn> = {}): SchemaColumn => ({
  ...{ name, sourceName: name, type: 'text' },
  ...changes,
});
const check = (columns: readonly SchemaColumn[], sink = redshiftSink()) =>
  checkColumns(columns, targetOf(commitWith(columns), sink));

test('every type is accepted', () => {
  expect(() => check(columnsOfEveryType)).not.toThrow();
});

test.each<[string, SchemaColumn[], string]>([
  ['a name of the batch', [text('batch_date')], 'Set another name with sink key columns.batchDate'],
  ['a name of the batch in capitals', [text('SOURCE')], 'Set another name with sink key columns.source'],
  ['names that differ in case', [text('Ab'), text('aB')], 'the columns Ab and aB differ only in case'],
  ['a long name', [text('ñ'.repeat(64))], 'has a name of 128 bytes, more than 127. Shorten its name in the file'],
  ['a control character', [text('a\tb')], '"a\\tb" has a control character in its name. Rename it in the file'],
  ['a system column', [text('ctid')], 'has the name of a system column. Rename it in the file'],
  ['a long value', [text('t', { maxBytes: 65_536 })], 'column "t" has a value of 65536 bytes, more than the 65535'],
  ['a large scale', [text('d', { type: 'decimal(38,38)' })], 'has type decimal(38,38), whose scale is more than 37'],
  [
    'many columns',
    Array.from({ length: 1599 }, (_, at) => text(`c${at}`)),
    'the data has 1599 columns, more than 1598',
  ],
])('%s is refused with the remedy', (_what, columns, message) => {
  expect(() => check(columns)).toThrow(`Redshift table public.orders: `);
  expect(() => check(columns)).toThrow(message);
});

test('other names of the batch columns make room for columns of the data', () => {
  const columns = { batchDate: 'load_date', source: 'load_source' };
  expect(() => check([text('batch_date'), text('source')], redshiftSink({ columns }))).not.toThrow();
});

test('a table cannot have the name of a ledger', () => {
  const commit = commitWith([], { dataset: 'etl commits orders' });
  expect(() => targetOf(commit, redshiftSink())).toThrow(/has the name of a ledger\. Set another table/);
  const declared = (table: string) => redshiftSinkSchema.safeParse(redshiftSink({ table })).success;
  expect(['orders', 'etl_commits_orders', 'x'.repeat(115), 'x'.repeat(116)].map(declared)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
