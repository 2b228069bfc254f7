import type { SchemaColumn } from '@etl/pipeline/manifest';
import { describeSchemaChanges, type KnownSchema, schemaChanges } from '@etl/pipeline/schemaChanges';

type Types = Readonly<Record<string, SchemaColumn['type']>>;
const columns = (types: Types): KnownSchema['schema'] => Object.entries(types).map(([name, type]) => ({ name, type }));
const changesFrom = (before: Types, now: Types) =>
  schemaChanges({ batchDate: '2026-02-07', source: 'ventas', schema: columns(before) }, columns(now));
const words = (before: Types, now: Types) => {
  const changes = changesFrom(before, now);
  return changes && describeSchemaChanges(changes);
};

test.each<[string, Types, Types, string | undefined]>([
  ['nothing', { a: 'integer', b: 'text' }, { a: 'integer', b: 'text' }, undefined],
  ['a removed column', { a: 'integer', amount: 'double' }, { a: 'integer' }, 'column amount was removed'],
  ['another type', { qty: 'integer' }, { qty: 'double' }, 'qty was integer and is double'],
  ['a new column in front', { a: 'text' }, { x: 'text', a: 'text' }, 'new column x'],
  ['another order', { a: 'text', b: 'text' }, { b: 'text', a: 'text' }, 'the column order changed'],
  [
    'all changes at once',
    { amount: 'double', qty: 'integer', a: 'text', b: 'text' },
    { b: 'text', a: 'text', qty: 'double', x: 'text' },
    'column amount was removed; qty was integer and is double; new column x; the column order changed',
  ],
])('describes %s', (_what, before, now, expected) => {
  expect(words(before, now)).toBe(expected && `schema differs from 2026-02-07/ventas: ${expected}`);
});

test('ignores IDs and lengths, which manifests of earlier versions lack', () => {
  const before = { batchDate: '2026-02-07', source: 'ventas', schema: columns({ a: 'text' }) };
  const schemaWith = (id: number, maxBytes: number): SchemaColumn[] => [
    { name: 'a', type: 'text', sourceName: 'a', id, maxBytes },
  ];
  expect(schemaChanges(before, schemaWith(7, 3))).toBeUndefined();
  expect(schemaChanges({ ...before, schema: schemaWith(7, 3) }, schemaWith(8, 4))).toBeUndefined();
});

test('counts many changes in the text and lists all of them', () => {
  const before = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`c${n}`, 'text' as const]));
  expect(words(before, {})).toMatch(/: column c0 was removed; (.*; ){9}and 290 more changes$/);
  expect(changesFrom(before, {})?.gone).toHaveLength(300);
});

test('shortens long names in the text only', () => {
  const name = 'x'.repeat(10_000);
  expect(words({}, { [name]: 'text' })).toMatch(/: new column x{60}…$/);
  expect(changesFrom({}, { [name]: 'text' })?.added).toEqual([name]);
});

test('supports columns named like object properties', () => {
  const named = (name: string) => [{ name, type: 'text' as const }];
  const previous = { batchDate: '2026-02-07', source: 'ventas', schema: named('constructor') };
  expect(schemaChanges(previous, named('__proto__'))).toMatchObject({ gone: ['constructor'], added: ['__proto__'] });
});
