import type { SchemaColumn } from '@etl/pipeline/manifest';
import { columnType, fitOf, type TableColumn, typeName, varcharBytes } from '../../../../aws/sinks/redshift/types';

const column = (type: SchemaColumn['type'], maxBytes?: number): SchemaColumn => ({
  ...{ name: 'c', sourceName: 'c', type },
  ...(maxBytes !== undefined && { maxBytes }),
});

test.each([
  [0, 64],
  [32, 64],
  [33, 256],
  [2048, 4096],
  [8192, 16_384],
  [8193, 65_535],
  [65_535, 65_535],
  [undefined, 65_535],
])('a text whose longest value has %s bytes gets a length of %s', (longest, length) => {
  expect(varcharBytes(longest)).toBe(length);
  expect(columnType(column('json', longest))).toBe(`VARCHAR(${length})`);
});

const varchar = (length?: number): TableColumn => ({
  ...{ name: 'c', type: 'character varying' },
  ...(length !== undefined && { length }),
});
const numeric = (precision: number, scale: number): TableColumn => ({ name: 'c', type: 'numeric', precision, scale });
const other = (type: string): TableColumn => ({ name: 'c', type });

test.each<[SchemaColumn, TableColumn, string]>([
  [column('text', 10), varchar(10), 'fits'],
  [column('text', 11), varchar(10), 'longer'],
  [column('text'), varchar(65_535), 'fits'],
  [column('text'), varchar(100), 'longer'],
  [column('text', 1), other('character'), 'differs'],
  [column('integer'), other('bigint'), 'fits'],
  [column('integer'), other('integer'), 'differs'],
  [column('int32'), other('bigint'), 'fits'],
  [column('double'), numeric(38, 10), 'differs'],
  [column('decimal(10,2)'), numeric(10, 2), 'fits'],
  [column('decimal(10,2)'), numeric(12, 3), 'fits'],
  [column('decimal(10,2)'), numeric(10, 3), 'differs'],
  [column('decimal(10,2)'), numeric(12, 1), 'differs'],
  [column('decimal(10,2)'), other('double precision'), 'differs'],
  [column('timestamp'), other('timestamp with time zone'), 'differs'],
  [column('timestamptz'), other('timestamp with time zone'), 'fits'],
])('%j in %j: %s', (data, existing, fit) => {
  expect(fitOf(data, existing)).toBe(fit);
});

test('types of existing columns are named as Redshift names them', () => {
  expect([varchar(10), varchar(), numeric(10, 2), other('bigint'), other('super')].map(typeName)).toEqual([
    ...['VARCHAR(10)', 'VARCHAR', 'DECIMAL(10,2)', 'BIGINT', 'SUPER'],
  ]);
});
