import { columnIds, greatestColumnId } from '@etl/pipeline/columns/columnIds';

/** @see https://iceberg.apache.org/spec/#reserved-field-ids */
const firstReserved = 2_147_483_447;

test('the ID of a name never changes', () => {
  const ids = {
    ...{ id: 1190597863, fecha: 1488000803, importe: 963951314, batch_date: 1044348100, x_2: 1513552613 },
    ...{ año: 848291573, 店: 6434563, ['__proto__']: 160441735 },
  };
  for (const [name, id] of Object.entries(ids)) expect([name, columnIds([name])]).toEqual([name, [id]]);
});

test('10,000 names have different IDs, in the range of Iceberg', () => {
  const ids = columnIds(Array.from({ length: 10_000 }, (_, n) => `column_${n + 1}`));
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every((id) => Number.isInteger(id) && id >= 1 && id <= greatestColumnId)).toBe(true);
  expect(greatestColumnId).toBeLessThan(firstReserved);
});

test('the ID of a name depends neither on its position nor on the other names', () => {
  const names = Array.from({ length: 300 }, (_, n) => `name ${n}`);
  const ids = new Map(columnIds(names).map((id, at) => [names[at], id]));
  const others = names.filter((_, at) => at % 3 !== 0).reverse();
  expect(columnIds(others)).toEqual(others.map((name) => ids.get(name)));
});

test('of two names with the same hash, the later column gets the next free ID', () => {
  expect(columnIds(['column_4737', 'column_21201'])).toEqual([1654447369, 1654447370]);
  expect(columnIds(['column_21201', 'column_4737'])).toEqual([1654447369, 1654447370]);
});
