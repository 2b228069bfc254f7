import { type ColumnType, simpleTypes } from '@etl/pipeline/columns/types';
import { catalogType, commonType } from '../../../../aws/sinks/glue/types';

test('every type has a type of the catalog', () => {
  const types = [...simpleTypes, 'decimal(10,2)' as const].map((type) => `${type}: ${catalogType(type)}`);
  expect(types).toEqual([
    'text: string',
    'integer: bigint',
    'int32: int',
    'double: double',
    'boolean: boolean',
    'date: date',
    'time: bigint',
    'timestamp: timestamp',
    'timestamptz: timestamp',
    'json: string',
    'decimal(10,2): decimal(10,2)',
  ]);
});

const widenings: readonly (readonly [ColumnType, ColumnType, ColumnType])[] = [
  ['int32', 'integer', 'integer'],
  ['json', 'text', 'text'],
  ['decimal(10,2)', 'decimal(38,2)', 'decimal(38,2)'],
];

test.each(widenings)('%s and %s have the common type %s, in either order', (a, b, common) => {
  expect([commonType(a, b), commonType(b, a)]).toEqual([common, common]);
});

test('no other types have a common type', () => {
  const types: ColumnType[] = [...simpleTypes, 'decimal(10,2)', 'decimal(38,2)', 'decimal(10,3)'];
  const pairs = types.flatMap((a) => types.filter((b) => a !== b && commonType(a, b)).map((b) => [a, b].sort().join()));
  const expected = widenings.map(([a, b]) => [a, b].sort().join());
  expect([...new Set(pairs)].sort()).toEqual(expected.sort());
});

test('each type is its own common type', () => {
  for (const type of simpleTypes) expect(commonType(type, type)).toBe(type);
});
