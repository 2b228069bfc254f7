import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Bench } from '../support/container';
import type { Cell } from '../support/parquet';

const folder = join(__dirname, '..', '..', 'node_modules', 'vega-datasets', 'data');
const words = new Set(['NA', 'N/A', 'n/a', 'null', 'NULL', 'Null', 'NaN', 'nan', 'None', 'none']);

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

/** A cell as text again, for columns whose text says the same as their value. */
function sameCell(type: string, cell: Cell | undefined, field: string): boolean {
  if (type === 'text') return cell === (field === '' ? null : field);
  if (field === '' || words.has(field)) return cell === null;
  if (type === 'boolean') return cell === (field.toLowerCase() === 'true');
  if (type === 'integer') return cell === BigInt(field);
  if (type === 'double') return cell === Number(field);
  return cell === null || cell instanceof Date;
}

test.each([
  ['birdstrikes.csv', 10_000],
  ['flights-airport.csv', 5366],
  ['zipcodes.csv', 42_000],
  ['seattle-weather.csv', 1461],
  ['airports.csv', 3376],
  ['stocks.csv', 560],
  ['github.csv', 955],
])('%s arrives cell by cell', async (name, atLeast) => {
  const path = join(folder, name);
  const text = await readFile(path);
  const run = await bench.run(path, { CHUNK_ROWS: '3000' });
  expect(run.exitCode).toBe(0);
  const manifest = run.last.manifest;
  const [, ...records] = parse(text, { relax_column_count: true, bom: true }) as string[][];
  const rows = await bench.rows();
  expect(rows.length).toBeGreaterThanOrEqual(atLeast);
  expect(rows).toHaveLength(records.length);
  const types = manifest?.schema.map((column) => column.type) ?? [];
  const wrong = rows.flatMap((row, at) =>
    Object.values(row).flatMap((cell, column) =>
      sameCell(types[column] ?? '', cell, records[at]?.[column] ?? '') ? [] : [`${at}/${column}: ${String(cell)}`],
    ),
  );
  expect(wrong.slice(0, 5)).toEqual([]);
});

test('birdstrikes has dates, and None where it is a word', async () => {
  const run = await bench.run(join(folder, 'birdstrikes.csv'));
  const types = Object.fromEntries(run.last.manifest?.schema.map(({ name, type }) => [name, type]) ?? []);
  expect(types).toMatchObject({ flight_date: 'date', effect_amount_of_damage: 'text', cost_repair: 'integer' });
  const [first] = await bench.rows();
  expect(first).toMatchObject({ flight_date: new Date('1990-01-08'), effect_amount_of_damage: 'None' });
});
