import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from '@etl/pipeline/options';
import type { Rule } from '@etl/pipeline/quality/rules';
import { Lab } from '../shards/lab';

/** 40 rows; the key of every tenth row repeats that of the row before. */
const csv = `id,name\n${Array.from({ length: 40 }, (_, n) => `${n % 10 === 9 ? n - 1 : n},secret${n}\n`).join('')}`;
const words = 'duplicateValues(id): 4 rows, must be 0 (such as line 11, 21, 31, 41)';
const repeated = (level: Rule['level']): Options => ({
  quality: { rules: [{ metric: 'duplicateValues', column: 'id', ...(level && { level }) }] },
});

let lab: Lab;
afterEach(() => lab.remove());

const published = () => lab.pathOf(lab.place.published);
const failed = { metric: 'duplicateValues', columns: ['id'], outcome: 'failed', value: 4, lines: [11, 21, 31, 41] };

describe.each([
  ['one task', (each: Lab) => each.launch({})],
  ['shards', (each: Lab) => each.fanOut(3)],
])('in %s', (_name, convert) => {
  test('a rule that blocks fails the batch and names counts, without values', async () => {
    lab = await Lab.create(csv, 5, repeated(undefined));
    const { exitCode, cause } = await convert(lab);
    expect([exitCode, cause]).toEqual([65, expect.stringContaining(words)]);
    expect(cause).not.toContain('secret');
    expect(existsSync(published())).toBe(false);
    expect((await lab.launch({ mode: { kind: 'commit' } })).exitCode).toBe(65);
  });

  test('a rule that holds waits for approval, which keeps and marks the result', async () => {
    lab = await Lab.create(csv, 5, repeated('hold'));
    expect(await convert(lab)).toMatchObject({ exitCode: 76, cause: expect.stringContaining(words) });
    expect(existsSync(published())).toBe(false);
    const { exitCode, manifest } = await lab.launch({ mode: { kind: 'commit' } });
    expect(exitCode).toBe(0);
    expect(manifest).toMatchObject({ reused: 8, resources: { bytesWritten: 0 } });
    expect(manifest?.quality).toMatchObject([{ ...failed, level: 'hold', approved: true }]);
    expect(manifest?.warnings).toEqual([`published on approval: ${words}`]);
  });

  test('a rule that warns publishes the batch', async () => {
    lab = await Lab.create(csv, 5, repeated('warn'));
    const { manifest } = await convert(lab);
    expect(manifest?.quality).toEqual([
      expect.objectContaining({ ...failed, level: 'warn', threshold: 'must be 0', unit: 'rows' }),
    ]);
    expect(manifest?.warnings).toEqual([`quality rule ${words}`]);
  });
});

test('a blocked correction leaves the commit and the published folder as they are', async () => {
  lab = await Lab.create('id,name\n1,a\n2,b\n', 5, repeated('block'));
  expect((await lab.launch({})).manifest?.quality).toMatchObject([{ outcome: 'passed', value: 0 }]);
  const files = ['_manifest.json', '_SUCCESS', 'part-00001.parquet'].map((name) => join(published(), name));
  const contents = () => Promise.all(files.map((path) => readFile(path)));
  const before = await contents();
  await writeFile(lab.path, csv);
  expect((await lab.launch({})).exitCode).toBe(65);
  expect(await contents()).toEqual(before);
  expect(existsSync(lab.pathOf(lab.place.commit(2)))).toBe(false);
});

test('a rule that cannot be evaluated has not passed, and blocks', async () => {
  const rules: Rule[] = [{ metric: 'nullValues', column: 'country', name: 'country' }];
  lab = await Lab.create(csv, 5, { quality: { rules } });
  expect(await lab.launch({})).toMatchObject({
    exitCode: 65,
    cause: expect.stringContaining('country: not evaluable: the file has no column country'),
  });
});

test('all failed rules are named, and a blocking one takes precedence', async () => {
  const rules: Rule[] = [
    { metric: 'rowCount', mustBe: 41, name: 'rows' },
    { metric: 'invalidValues', column: 'id', max: 10, name: 'small', level: 'hold' },
    { metric: 'nullValues', column: 'id', mustBeGreaterThan: 3, name: 'nulls' },
  ];
  lab = await Lab.create(csv, 5, { quality: { rules } });
  const { exitCode, cause } = await lab.launch({});
  expect(exitCode).toBe(65);
  expect(cause).toMatch(/rows: 40 rows, must be 41; nulls: 0 rows, must be greater than 3$/);
});

test('the work of a launch is measured again when its files of keys are incomplete', async () => {
  lab = await Lab.create(csv, 5, repeated('hold'));
  await lab.launch({ runId: 'r', generation: 1 });
  const keys = lab.pathOf(lab.work('r', 1, 'keys-00003-1.bin'));
  await writeFile(keys, (await readFile(keys)).subarray(0, 20));
  const { manifest } = await lab.launch({ runId: 'r', generation: 2, mode: { kind: 'commit' } });
  expect(manifest).toMatchObject({ reused: 7, quality: [failed] });
});

test('shards that write chunks again measure them again', async () => {
  // Only the last shard sees that the column is a text.
  const wide = `${csv.replaceAll('secret', '')}7,2\nx,1\n`;
  const rules: Rule[] = [
    { metric: 'duplicateValues', column: 'id', level: 'warn' },
    { metric: 'duplicateValues', columns: ['name', 'id'], level: 'warn' },
    { metric: 'invalidValues', column: 'id', pattern: '^[0-6]$', level: 'warn' },
  ];
  lab = await Lab.create(wide, 2, { quality: { rules } });
  const { manifest, reconciled } = await lab.fanOut(3);
  expect(reconciled).toBe(true);
  expect(manifest?.quality?.map(({ value }) => value)).toEqual([5, 0, 35]);
  expect((await (await lab.beside()).launch({})).manifest?.quality).toEqual(manifest?.quality);
});
