import { mostNameBytes, nameColumns } from '@etl/pipeline/csv/columnNames';
import { randomFrom } from '../../support/random';

const namesOf = (header: readonly string[]): string[] => nameColumns(header).columns.map(({ name }) => name);

test('normalises names, names unnamed columns and numbers repeated names', () => {
  const { columns, warnings } = nameColumns(['ID Venta', ' Fecha\t de alta ', '', 'id_venta', 'ID VENTA']);
  expect(columns.map(({ name }) => name)).toEqual([
    'id_venta',
    'fecha_de_alta',
    'column_3',
    'id_venta_2',
    'id_venta_3',
  ]);
  expect(columns[1]).toEqual({ name: 'fecha_de_alta', sourceName: ' Fecha\t de alta ' });
  expect(warnings).toEqual([
    'column 3 has no name in the header and is named column_3',
    'column name id_venta occurs more than once: column 4 is named id_venta_2',
    'column name id_venta occurs more than once: column 5 is named id_venta_3',
  ]);
});

test.each<[readonly string[], readonly string[]]>([
  [
    ['x', 'x_2', 'x', 'x'],
    ['x', 'x_2', 'x_3', 'x_4'],
  ],
  [
    ['x', 'x', 'x_2', 'x_2'],
    ['x', 'x_2', 'x_2_2', 'x_2_3'],
  ],
  [
    ['', 'column_1', 'column_3', ''],
    ['column_1', 'column_1_2', 'column_3', 'column_4'],
  ],
  [
    ['column_2', ''],
    ['column_2', 'column_2_2'],
  ],
  [
    ['\u00e9', 'e\u0301', 'É'],
    ['\u00e9', '\u00e9_2', '\u00e9_3'],
  ],
  [
    ['a  b', 'a\u00a0b', 'A_B'],
    ['a_b', 'a_b_2', 'a_b_3'],
  ],
  [
    ['constructor', '__proto__', '__proto__', 'hasOwnProperty'],
    ['constructor', '__proto__', '__proto___2', 'hasownproperty'],
  ],
])('%j become %j', (header, names) => {
  expect(namesOf(header)).toEqual(names);
});

test('assigns the same names as a search for the first free number', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { below, pick } = randomFrom(seed);
    const header = Array.from({ length: below(60) }, () =>
      pick(['x', 'x', 'X', '', 'x_2', 'x_3', 'x_2_2', 'column_4', 'y']),
    );
    const taken = new Set<string>();
    for (const [index, name] of header.entries()) {
      const wanted = name === '' ? `column_${index + 1}` : name.toLowerCase();
      let found = wanted;
      for (let number = 2; taken.has(found); number++) found = `${wanted}_${number}`;
      taken.add(found);
    }
    expect({ seed, names: namesOf(header) }).toEqual({ seed, names: [...taken] });
  }
});

/** Counts calls of `Set.prototype.has`, which dominate the cost of naming. */
function lookupsOf(header: readonly string[]): number {
  const has = jest.spyOn(Set.prototype, 'has');
  try {
    nameColumns(header);
    return has.mock.calls.length;
  } finally {
    has.mockRestore();
  }
}

const count = 10_000;
const many = (nameOf: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => nameOf(index));

test.each<[string, readonly string[]]>([
  ['equal names', many(() => 'x')],
  ['empty names', many(() => '')],
  ['names that are equal after normalisation', many((index) => ' '.repeat(index % 7).concat('X'))],
  ['numbers that are already taken', many((index) => (index < count / 2 ? `x_${index + 2}` : 'x'))],
  ['numbers that are taken in reverse order', many((index) => (index < count / 2 ? `x_${count - index}` : 'x'))],
  ['numbers of numbers', many((index) => `x${'_2'.repeat(index % 100)}`)],
  ['long names that differ at the end', many((index) => `${'y'.repeat(250)}${index >> 1}`)],
])('names %s with a few lookups per column', (_what, header) => {
  expect(lookupsOf(header)).toBeLessThan(4 * count);
  expect(new Set(namesOf(header)).size).toBe(count);
});

test('describes the first repairs and counts the others', () => {
  const { warnings } = nameColumns(many(() => 'x'));
  expect(warnings).toHaveLength(21);
  expect(warnings.at(-1)).toBe(`${count - 21} more column names were repaired`);
});

test('shortens names that exceed the limit of catalogs at a whole character and keeps all names unique', () => {
  const long = 'ñ'.repeat(mostNameBytes);
  const { columns, warnings } = nameColumns([long, `${long}a`, 'z'.repeat(mostNameBytes), 'z'.repeat(mostNameBytes)]);
  const names = columns.map(({ name }) => name);
  expect(names).toEqual(['ñ'.repeat(120), `${'ñ'.repeat(120)}_2`, 'z'.repeat(255), `${'z'.repeat(240)}_2`]);
  expect(warnings[0]).toBe(`column 1 has a name of 510 bytes and is named ${'ñ'.repeat(120)}`);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(mostNameBytes);
});

test('shortens a name of 240 kB, and one of combining marks, before normalisation', () => {
  const normalised = jest.spyOn(String.prototype, 'normalize');
  const [plain, marks] = nameColumns(['x'.repeat(240_000), `a${'\u0301\u0323'.repeat(120_000)}`]).columns;
  const lengths = normalised.mock.contexts.map((name) => String(name).length);
  normalised.mockRestore();
  expect(Math.max(...lengths)).toBe(1024);
  expect(plain).toEqual({ name: 'x'.repeat(240), sourceName: 'x'.repeat(1024) });
  expect(Buffer.byteLength(marks?.name ?? '')).toBeLessThanOrEqual(mostNameBytes);
});
