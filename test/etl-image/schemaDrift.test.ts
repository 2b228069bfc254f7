import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bench } from '../support/container';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

const schemas = () => join(bench.folder, 'lake', '_etl', '_schemas', 'd');
const record = (name: string) => JSON.parse(readFileSync(join(schemas(), name), 'utf8')) as Record<string, unknown>;
let minute = 0;

/**
 * Converts one day's file of a source, a minute after the previous one, and returns the schema changes of the manifest.
 */
async function day(date: string, csv: string, source = 'ventas') {
  return launch(date, await bench.file(`${source}-${date}.csv`, csv), source);
}

async function launch(date: string, path: string, source = 'ventas') {
  const runStartedAt = new Date(Date.UTC(2026, 2, 1, 0, minute++)).toISOString();
  const run = await bench.run(path, { BATCH_DATE: date, SOURCE: source, RUN_STARTED_AT: runStartedAt });
  expect(run.exitCode).toBe(0);
  const { warnings = [], schemaChanges } = run.last.manifest ?? {};
  return { status: run.last.status, warnings, schemaChanges, log: run.stdout };
}

const same = { warnings: [], schemaChanges: undefined };

test('warns about changes since the previous batch date', async () => {
  expect(await day('2026-02-07', 'id,amount,qty\n1,2.5,3\n')).toMatchObject(same);
  expect(await day('2026-02-08', 'id,amount,qty\n2,3.5,4\n')).toMatchObject(same);
  expect(await day('2026-02-09', 'id,qty,x\n3,4.5,a\n')).toMatchObject({
    warnings: [
      'schema differs from 2026-02-08/ventas: column amount was removed; qty was integer and is double; new column x',
    ],
    schemaChanges: {
      previous: { batchDate: '2026-02-08', source: 'ventas' },
      gone: ['amount'],
      types: [{ name: 'qty', was: 'integer', is: 'double' }],
      added: ['x'],
      reordered: false,
    },
  });
});

test('compares a source with itself, and a new one with the dataset', async () => {
  await day('2026-02-07', 'id,a\n1,2\n', 'madrid');
  expect((await day('2026-02-07', 'id,b\n1,2\n', 'sevilla')).warnings).toEqual([
    'schema differs from 2026-02-07/madrid: column a was removed; new column b',
  ]);
  expect(await day('2026-02-08', 'id,a\n3,4\n', 'madrid')).toMatchObject(same);
  expect(await day('2026-02-08', 'id,b\n3,4\n', 'sevilla')).toMatchObject(same);
});

test('compares a corrected file with the replaced commit', async () => {
  await day('2026-02-08', 'id,a\n1,2\n');
  await day('2026-02-09', 'id,a\n1,2\n');
  expect((await day('2026-02-08', 'id\n1\n')).warnings).toEqual([
    'schema differs from 2026-02-08/ventas: column a was removed',
  ]);
});

test('does not compare an older batch date, nor later ones with it', async () => {
  await day('2026-02-08', 'id,a\n1,2\n');
  expect(await day('2025-12-31', 'id\n1\n')).toMatchObject(same);
  expect(await day('2026-02-09', 'id,a\n3,4\n')).toMatchObject(same);
});

test('the same content again changes nothing, and saves the schema that a killed launch did not save', async () => {
  await day('2026-02-07', 'id\n1\n');
  const path = await bench.file('in.csv', 'id,a\n1,2\n');
  const first = await launch('2026-02-08', path);
  const kept = record('ventas.json');
  expect(first.warnings).toEqual(['schema differs from 2026-02-07/ventas: new column a']);
  expect(await launch('2026-02-08', path)).toMatchObject({ status: 'already', warnings: first.warnings });
  await rm(schemas(), { recursive: true });
  expect(await launch('2026-02-08', path)).toMatchObject({ status: 'already', warnings: first.warnings });
  expect(record('ventas.json')).toEqual(kept);
  expect((await readdir(schemas())).sort()).toEqual(['_dataset.json', 'ventas.json']);
});

test.each([
  ['cannot be read as a record', 'not JSON'],
  ['are of a later version', '{"version":2,"schema":{}}'],
])('replaces records that %s', async (_what, content) => {
  await day('2026-02-07', 'id\n1\n');
  for (const name of await readdir(schemas())) await writeFile(join(schemas(), name), content);
  expect(await day('2026-02-08', 'a\n1\n')).toMatchObject(same);
  expect(record('ventas.json')).toMatchObject({ version: 1, batchDate: '2026-02-08' });
});

test('a failure to save records does not fail the task', async () => {
  await mkdir(join(bench.folder, 'lake', '_etl'), { recursive: true });
  await writeFile(join(bench.folder, 'lake', '_etl', '_schemas'), 'a file');
  const { status, log } = await day('2026-02-08', 'id\n1\n');
  expect(status).toBe('committed');
  expect(log).toMatch(/the (schema could not be saved for later commits|previous schema could not be read): /);
});
