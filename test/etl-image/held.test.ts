import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { progressName } from '@etl/pipeline/layout';
import type { Options } from '@etl/pipeline/options';
import { Lab } from './shards/lab';

const rows = Array.from({ length: 40 }, (_, n) => `${n % 10 === 3 ? 'x' : n},y\n`).join('');
const csv = `a,b\n${rows}`;
const columns = { a: 'integer' } as const;

let lab: Lab;
afterEach(() => lab.remove());

const isPublished = () => existsSync(lab.pathOf(lab.place.published));

const gates: readonly (readonly [string, Options, RegExp])[] = [
  [
    'the share of rejects',
    { columns, rejects: { maxShare: 0.05, level: 'hold' } },
    /4 of 40 rows rejected, allowed are 5 %/,
  ],
  ['their number', { columns, rejects: { maxRows: 1, level: 'hold' } }, /4 of 40 rows rejected, allowed are 1/],
  [
    'the number of rows',
    { quality: { rowCount: { min: 50, level: 'hold' } } },
    /40 rows to write, at least 50 are wanted/,
  ],
];

describe.each(gates)('a gate that holds: %s', (_name, options, words) => {
  test('76 once everything is converted, with nothing published; a commit publishes it and converts nothing', async () => {
    lab = await Lab.create(csv, 5, options);
    const held = await lab.launch({ runId: 'r', generation: 1 });
    expect(held).toMatchObject({ exitCode: 76, cause: expect.stringMatching(words) });
    const progress = JSON.parse(await readFile(lab.pathOf(lab.work('r', 1, progressName)), 'utf8'));
    expect(progress).toMatchObject({ phase: 'failed', rowsRead: 40, failure: held.cause });
    expect(isPublished()).toBe(false);
    // Again is held again, with nothing to do.
    expect((await lab.launch({ runId: 'r', generation: 2 })).exitCode).toBe(76);

    const { exitCode, manifest } = await lab.launch({ runId: 'r', generation: 3, mode: { kind: 'commit' } });
    expect(exitCode).toBe(0);
    expect(manifest).toMatchObject({ generation: 3, reused: 8, resources: { bytesWritten: 0 } });
    expect(manifest?.warnings).toContainEqual(expect.stringMatching(/^published on approval: /));
    expect(isPublished()).toBe(true);
  });

  test('the same of shards', async () => {
    lab = await Lab.create(csv, 5, options);
    expect(await lab.fanOut(3)).toMatchObject({ exitCode: 76, cause: expect.stringMatching(words) });
    expect(isPublished()).toBe(false);
    const { exitCode, manifest } = await lab.launch({ mode: { kind: 'commit' } });
    expect(exitCode).toBe(0);
    expect(manifest).toMatchObject({ reused: 8, resources: { bytesWritten: 0 } });
  });
});

test('a gate that blocks is not held, whatever else is, and no approval opens it', async () => {
  const rejects = { maxShare: 0.05 } as const;
  lab = await Lab.create(csv, 5, { columns, rejects, quality: { rowCount: { min: 50, level: 'hold' } } });
  for (const mode of [{ kind: 'convert' }, { kind: 'commit' }] as const) {
    expect(await lab.launch({ mode })).toMatchObject({ exitCode: 65, cause: expect.stringMatching(/4 of 40 rows/) });
  }
  expect(isPublished()).toBe(false);
});

test('what passes its gates is published without anybody being asked', async () => {
  lab = await Lab.create(csv, 5, { columns, rejects: { maxShare: 0.1, level: 'hold' } });
  const { exitCode, manifest } = await lab.launch({});
  expect(exitCode).toBe(0);
  expect(manifest?.warnings).toEqual([]);
});

test('an empty file that is held: there is no part to take over, and it is published all the same', async () => {
  lab = await Lab.create('a,b\n', 5, { quality: { rowCount: { min: 1, level: 'hold' } } });
  expect((await lab.launch({})).exitCode).toBe(76);
  expect(await lab.launch({ mode: { kind: 'commit' } })).toMatchObject({ exitCode: 0, manifest: { parts: [] } });
});
