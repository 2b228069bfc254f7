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
    /4 of 40 rows rejected, at most 5 % allowed/,
  ],
  [
    'the number of rejects',
    { columns, rejects: { maxRows: 1, level: 'hold' } },
    /4 of 40 rows rejected, at most 1 allowed/,
  ],
  [
    'the number of rows',
    { quality: { rowCount: { min: 50, level: 'hold' } } },
    /40 rows to write, at least 50 required/,
  ],
];

describe.each(gates)('a gate that holds: %s', (_name, options, words) => {
  test('exits with 76 after the conversion without publishing; a commit publishes without converting', async () => {
    lab = await Lab.create(csv, 5, options);
    const held = await lab.launch({ runId: 'r', generation: 1 });
    expect(held).toMatchObject({ exitCode: 76, cause: expect.stringMatching(words) });
    const progress = JSON.parse(await readFile(lab.pathOf(lab.work('r', 1, progressName)), 'utf8'));
    expect(progress).toMatchObject({ phase: 'failed', rowsRead: 40, failure: held.cause });
    expect(isPublished()).toBe(false);
    // Another launch is held again, without converting.
    expect((await lab.launch({ runId: 'r', generation: 2 })).exitCode).toBe(76);

    const { exitCode, manifest } = await lab.launch({ runId: 'r', generation: 3, mode: { kind: 'commit' } });
    expect(exitCode).toBe(0);
    expect(manifest).toMatchObject({ generation: 3, reused: 8, resources: { bytesWritten: 0 } });
    expect(manifest?.warnings).toContainEqual(expect.stringMatching(/^published on approval: /));
    expect(isPublished()).toBe(true);
  });

  test('holds and publishes shards alike', async () => {
    lab = await Lab.create(csv, 5, options);
    expect(await lab.fanOut(3)).toMatchObject({ exitCode: 76, cause: expect.stringMatching(words) });
    expect(isPublished()).toBe(false);
    const { exitCode, manifest } = await lab.launch({ mode: { kind: 'commit' } });
    expect(exitCode).toBe(0);
    expect(manifest).toMatchObject({ reused: 8, resources: { bytesWritten: 0 } });
  });
});

test('a blocking gate takes precedence over a holding one, and approval does not override it', async () => {
  const rejects = { maxShare: 0.05 } as const;
  lab = await Lab.create(csv, 5, { columns, rejects, quality: { rowCount: { min: 50, level: 'hold' } } });
  for (const mode of [{ kind: 'convert' }, { kind: 'commit' }] as const) {
    expect(await lab.launch({ mode })).toMatchObject({ exitCode: 65, cause: expect.stringMatching(/4 of 40 rows/) });
  }
  expect(isPublished()).toBe(false);
});

test('publishes a batch that passes its gates without approval', async () => {
  lab = await Lab.create(csv, 5, { columns, rejects: { maxShare: 0.1, level: 'hold' } });
  const { exitCode, manifest } = await lab.launch({});
  expect(exitCode).toBe(0);
  expect(manifest?.warnings).toEqual([]);
});

test('publishes a held empty file, which has no parts', async () => {
  lab = await Lab.create('a,b\n', 5, { quality: { rowCount: { min: 1, level: 'hold' } } });
  expect((await lab.launch({})).exitCode).toBe(76);
  expect(await lab.launch({ mode: { kind: 'commit' } })).toMatchObject({ exitCode: 0, manifest: { parts: [] } });
});
