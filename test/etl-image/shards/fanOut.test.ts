import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkpointName, progressName, reconcileName, shardName } from '@etl/pipeline/layout';
import { Lab, lenient } from './lab';

const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('');
const plain = `a,b\n${lines(100, (n) => `${n},x`)}`;
/** The last row makes the first column one of fractions, which no shard but the last one sees. */
const widened = `a,b\n${lines(100, (n) => `${n === 99 ? '0.5' : n},x`)}`;

let lab: Lab;
const open = async (csv: string | Buffer, options = lenient) => {
  lab = await Lab.create(csv, 5, options);
  return lab;
};
afterEach(() => lab.remove());

const json = async (uri: string) => JSON.parse(await readFile(lab.pathOf(uri), 'utf8'));
const works = () => readdir(lab.pathOf(lab.place.works));

/** Every file of a work folder, with what changes when it is written again. */
async function stamps(runId: string): Promise<Record<string, string>> {
  const folder = lab.pathOf(lab.place.work(runId, 1));
  const files = await readdir(folder, { recursive: true });
  const entries = files.map(async (file) => {
    const { ino, mtimeMs, size } = await stat(join(folder, file));
    return [file, `${ino} ${mtimeMs} ${size}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

test('shards warn of a changed schema as one task does', async () => {
  await open(plain);
  await lab.launch({});
  await writeFile(lab.path, widened);
  const { manifest } = await lab.fanOut(3);
  expect(manifest?.warnings).toEqual(['schema differs from 2026-02-08/s: a was integer and is double']);
  expect(manifest?.schemaChanges?.types).toEqual([{ name: 'a', was: 'integer', is: 'double' }]);
});

describe('what the tasks leave', () => {
  test('an index, a report a shard, and one manifest that counts all of them', async () => {
    await open(plain);
    const indexUri = await lab.index();
    const { startedAt, chunks, ...index } = await json(indexUri);
    expect(index).toMatchObject({ version: 1, rows: 100, end: { row: 101, line: 102 } });
    expect(chunks).toHaveLength(20);
    await lab.shards(4, indexUri, {});
    const report = await json(lab.work('shard-2-of-4', 1, shardName));
    expect(report).toMatchObject({ shard: '2/4', indexUri, runId: 'shard-2-of-4', generation: 1 });
    expect(report.chunks.map(({ number }: { number: number }) => number)).toEqual([6, 7, 8, 9, 10]);
    const progress = await json(lab.work('shard-2-of-4', 1, progressName));
    expect(progress).toMatchObject({ phase: 'done', parts: 5, rowsRead: 25 });
    // Its own range, and nothing in front of it.
    expect(progress.bytesTotal).toBeLessThan(plain.length / 3);
    expect(progress.bytesRead).toBe(progress.bytesTotal);

    const { manifest } = await lab.commit(4, indexUri);
    expect(manifest).toMatchObject({ runId: lab.runId, generation: 2, chunks: 20, reused: 0 });
    expect(manifest?.resources.bytesRead).toBeGreaterThanOrEqual(2 * (plain.length - 4));
    expect(manifest?.startedAt).toBe(startedAt);
    // The index goes, and so does what is not referred to; accounts of the shards stay beside their parts.
    expect((await works()).sort()).toEqual(['shard-1-of-4-1', 'shard-2-of-4-1', 'shard-3-of-4-1', 'shard-4-of-4-1']);
    expect((await readdir(lab.pathOf(lab.place.work('shard-2-of-4', 1)))).sort()).toEqual([
      checkpointName,
      ...[6, 7, 8, 9, 10].map((number) => `part-000${String(number).padStart(2, '0')}.parquet`),
      progressName,
    ]);
    // A commit that is launched again, since nobody heard the first one's answer, finds that all is done.
    expect(await lab.commit(4, indexUri)).toMatchObject({ exitCode: 0, manifest: { generation: 2 } });
  });

  test('more shards than chunks: those without any say so, and end well', async () => {
    await open('a\n1\n2\n');
    const indexUri = await lab.index();
    const ends = await Promise.all([1, 2, 3].map((number) => lab.shard(number, 3, indexUri)));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const idle = ends.filter(({ log }) => log.some((line) => line.event === 'note' && /nothing to do/.test(line.text)));
    expect(idle).toHaveLength(2);
    expect((await lab.commit(3, indexUri)).manifest?.parts).toHaveLength(1);
  });

  test('many stale chunks: 79 with a reconciliation, and only what is stale is written again', async () => {
    await open(widened);
    const indexUri = await lab.index();
    await lab.shards(4, indexUri, {});
    const first = await lab.commit(4, indexUri);
    expect(first).toMatchObject({ exitCode: 79, cause: expect.stringMatching(/19 of 20 chunks/) });
    const reconcileUri = lab.work(lab.runId, 2, reconcileName);
    expect((await json(reconcileUri)).stale).toHaveLength(19);
    const before = await stamps('shard-1-of-4');
    const again = await Promise.all(
      [1, 2, 3, 4].map((number) => lab.shard(number, 4, indexUri, { generation: 2, reconcileUri })),
    );
    expect(again.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(await stamps('shard-1-of-4')).toEqual(before);
    const { chunks } = await json(lab.work('shard-4-of-4', 2, shardName));
    const placed = chunks.map(({ part }: { part: { location: string } }) => part.location.split('/')[1]);
    expect(placed).toEqual([...Array(4).fill('shard-4-of-4-2'), 'shard-4-of-4-1']);
    const { manifest } = await lab.commit(4, indexUri);
    expect(manifest?.schema[0]).toMatchObject({ name: 'a', type: 'double' });
    // The parts of the first pass are gone, with the folders that held nothing else.
    expect((await works()).sort()).toEqual([
      ...['shard-1-of-4-2', 'shard-2-of-4-2', 'shard-3-of-4-2', 'shard-4-of-4-1', 'shard-4-of-4-2'],
    ]);
  });
});

describe('what goes wrong', () => {
  test('a shard that is missing: 75 with its name, and it alone is converted once more', async () => {
    await open(plain);
    const indexUri = await lab.index();
    for (const number of [1, 2, 4]) await lab.shard(number, 4, indexUri);
    const early = await lab.commit(4, indexUri);
    expect(early).toMatchObject({
      exitCode: 75,
      cause: expect.stringMatching(/shard 3\/4 lacks chunks 11, 12, 13, 14, 15$/),
    });
    const others = await Promise.all([1, 2, 4].map((number) => stamps(`shard-${number}-of-4`)));
    await lab.shard(3, 4, indexUri);
    const before = await Promise.all([1, 2, 4].map((number) => stamps(`shard-${number}-of-4`)));
    expect(before).toEqual(others);
    expect((await lab.commit(4, indexUri)).exitCode).toBe(0);
  });

  test('a part that is gone is a chunk that is missing', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shards(2, indexUri, {});
    await rm(lab.pathOf(lab.work('shard-1-of-2', 1, 'part-00003.parquet')));
    expect(await lab.commit(2, indexUri)).toMatchObject({
      exitCode: 75,
      cause: expect.stringMatching(/1\/2 lacks chunk 3$/),
    });
    await lab.shard(1, 2, indexUri, { generation: 2 });
    expect(await readdir(lab.pathOf(lab.place.work('shard-1-of-2', 2)))).toContain('part-00003.parquet');
    const { manifest } = await lab.commit(2, indexUri);
    expect(manifest?.parts.filter(({ location }) => location.startsWith('work/shard-1-of-2-2/'))).toHaveLength(1);
  });

  test.each<[string, (report: Record<string, unknown>) => unknown]>([
    ['no hints', ({ hints: _, ...rest }) => rest],
    ['no chunks', (report) => ({ ...report, chunks: 3 })],
    ['a chunk that is none', (report) => ({ ...report, chunks: [null] })],
    ['no JSON object', () => null],
  ])('a report that has %s is none', async (_what, change) => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shards(2, indexUri, {});
    for (const name of [shardName, checkpointName]) {
      const path = lab.pathOf(`${lab.place.work('shard-2-of-2', 1)}/${name}`);
      await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
    }
    expect(await lab.commit(2, indexUri)).toMatchObject({
      exitCode: 75,
      cause: expect.stringContaining('shard 2/2 lacks chunks'),
    });
  });

  test('two launches of one shard at once: both report, and the commit takes either', async () => {
    await open(plain);
    const indexUri = await lab.index();
    const both = [1, 2].map((generation) => lab.shard(1, 2, indexUri, { generation }));
    const all = await Promise.all([...both, lab.shard(2, 2, indexUri)]);
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const { manifest } = await lab.commit(2, indexUri);
    const alone = await (await lab.beside()).launch({});
    expect((await lab.published(manifest)).parts).toEqual((await lab.published(alone.manifest)).parts);
  });

  test('work of another number of shards, and of one task, is taken over as far as it goes', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shard(2, 5, indexUri);
    await lab.shard(4, 5, indexUri);
    await lab.shards(2, indexUri, {});
    const numbers = async (runId: string) =>
      (await readdir(lab.pathOf(lab.place.work(runId, 1)))).filter((name) => name.startsWith('part-')).length;
    expect([await numbers('shard-1-of-2'), await numbers('shard-2-of-2')]).toEqual([6, 6]);
    // One task in place of the commit: nothing is left to convert, wherever it lies.
    const { manifest } = await lab.launch({});
    expect(manifest).toMatchObject({ reused: 20, resources: { bytesWritten: 0 } });
  });

  test('what shards know of the columns beforehand does not grow from one to the next', async () => {
    await open(plain);
    const indexUri = await lab.index();
    const { hints } = await json(indexUri);
    for (const number of [1, 2, 3, 4]) {
      for (const generation of [1, 2]) {
        await lab.shard(number, 4, indexUri, { generation });
        expect((await json(lab.work(`shard-${number}-of-4`, generation, shardName))).hints).toEqual(hints);
      }
    }
  });

  test('one task fills the gaps between what shards have left', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shard(2, 4, indexUri);
    await lab.shard(4, 4, indexUri);
    const { manifest } = await lab.launch({});
    expect(manifest).toMatchObject({ chunks: 20, reused: 10 });
    const alone = await (await lab.beside()).launch({});
    expect((await lab.published(manifest)).parts).toEqual((await lab.published(alone.manifest)).parts);
  });

  test('the source has changed since it was indexed', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await writeFile(lab.path, plain.replace('7,x', '8,x'));
    expect(await lab.shard(1, 2, indexUri)).toMatchObject({
      exitCode: 80,
      cause: expect.stringContaining('has changed'),
    });
    expect(await lab.commit(2, indexUri)).toMatchObject({ exitCode: 80 });
  });

  test('a source that can only be read from its beginning: 78, and what to do', async () => {
    await open(gzipSync(plain));
    const { exitCode, cause } = await lab.launch({ mode: { kind: 'index' } });
    expect({ exitCode, cause }).toEqual({
      exitCode: 78,
      cause: expect.stringMatching(/is gzip.*MODE=convert, in one task/),
    });
  });

  test('a quote that is not closed ends the index as it ends a conversion', async () => {
    await open('a,b\n1,x\n2,"y\n3,z\n');
    expect(await lab.launch({ mode: { kind: 'index' } })).toMatchObject({
      exitCode: 65,
      cause: (await lab.launch({})).cause,
    });
  });

  test('the limit of rejected rows is decided over the whole file', async () => {
    const csv = `a,b\n${lines(100, (n) => `${n < 10 ? 'x' : n},x`)}`;
    const columns = { a: 'integer' } as const;
    await open(csv, { columns, rejects: { maxShare: 0.1 } });
    expect((await lab.fanOut(4)).exitCode).toBe(0);
    await lab.remove();
    await open(csv, { columns, rejects: { maxShare: 0.09 } });
    expect(await lab.fanOut(4)).toMatchObject({
      exitCode: 65,
      cause: expect.stringContaining('10 of 100 rows rejected'),
    });
    await lab.remove();
    // No shard can make up for what another one has too many of.
    await open(csv, { columns, rejects: { maxRows: 3 } });
    await expect(lab.fanOut(4)).rejects.toThrow(/shard 1\/4: exit code 65: 5 of 5 rows rejected, allowed are 3/);
  });
});

describe('an index that is none of this source', () => {
  const changes: readonly (readonly [string, (index: Record<string, unknown>) => unknown, RegExp])[] = [
    ['is no JSON', () => '{', /is not JSON/],
    ['is null', () => 'null', /no index of version 1/],
    ['is of another version', (index) => ({ ...index, version: 2 }), /no index of version 1: version/],
    ['has more than an index has', (index) => ({ ...index, extra: 1 }), /extra: unknown key/],
    ['was made with other options', (index) => ({ ...index, optionsHash: 'x' }), /other options/],
    ['was made by another program', (index) => ({ ...index, program: 'x@1' }), /made by x@1/],
    [
      'has chunks that go backwards',
      (index) => ({ ...index, chunks: [...(index.chunks as [])].reverse() }),
      /no such chunk 1/,
    ],
    ['has too few chunks', (index) => ({ ...index, chunks: [] }), /0 chunks of 100 rows/],
    ['ends behind the source', (index) => ({ ...index, end: { row: 101, line: 102, byte: 1e9 } }), /ends at row/],
    ['has hints of fewer columns', (index) => ({ ...index, hints: [] }), /hints of 0 columns/],
    ['has a number that is none', (index) => ({ ...index, rows: '100' }), /rows: "100"/],
    [
      'begins a chunk in the middle of a row',
      (index) => ({
        ...index,
        chunks: (index.chunks as { byte: number }[]).map((at, n) => (n === 1 ? { ...at, byte: at.byte - 4 } : at)),
      }),
      /does not say where (chunk|some group)/,
    ],
  ];

  test.each(changes)('it %s: 78, and no report', async (_what, change, words) => {
    await open(plain);
    const indexUri = await lab.index();
    const changed = change(await json(indexUri));
    await writeFile(lab.pathOf(indexUri), typeof changed === 'string' ? changed : JSON.stringify(changed));
    const { exitCode, cause } = await lab.shard(1, 2, indexUri);
    expect({ exitCode, cause }).toEqual({ exitCode: 78, cause: expect.stringMatching(words) });
    await expect(json(lab.work('shard-1-of-2', 1, shardName))).rejects.toThrow('ENOENT');
  });

  test('there is none, or a reconciliation is none', async () => {
    await open(plain);
    expect(await lab.shard(1, 2, `${lab.place.works}/none.json`)).toMatchObject({
      exitCode: 78,
      cause: expect.stringContaining('make it with MODE=index'),
    });
    const indexUri = await lab.index();
    const end = await lab.shard(1, 2, indexUri, { reconcileUri: indexUri });
    expect(end).toMatchObject({ exitCode: 78, cause: expect.stringContaining('is no reconciliation') });
  });

  test.each([
    ['evidence that is none', { seen: [{ integers: 'many' }, {}], hints: [{}, {}] }, 'is no reconciliation'],
    ['evidence of unlike widths', { seen: [{}, {}], hints: [] }, 'is no reconciliation'],
    ['other columns', { seen: [{}], hints: [{}] }, 'is of 1 columns, and the file has 2'],
  ])('a reconciliation with %s: 78', async (_what, known, words) => {
    await open(plain);
    const indexUri = await lab.index();
    const { source, optionsHash, program } = await json(indexUri);
    const reconcileUri = lab.work(lab.runId, 2, reconcileName);
    await mkdir(dirname(lab.pathOf(reconcileUri)), { recursive: true });
    await writeFile(
      lab.pathOf(reconcileUri),
      JSON.stringify({ version: 1, source, optionsHash, program, known, stale: [1] }),
    );
    const end = await lab.shard(1, 2, indexUri, { reconcileUri });
    expect(end).toMatchObject({ exitCode: 78, cause: expect.stringContaining(words) });
  });
});

test('while a shard is alive, cleaning up behind another commit removes nothing that it needs', async () => {
  await open(plain);
  const indexUri = await lab.index();
  await lab.shard(1, 2, indexUri);
  // A correction that is converted and committed meanwhile, by another run.
  const kept = await stamps('shard-1-of-2');
  const old = new Date(Date.now() - 3_600_000);
  await utimes(lab.path, old, old);
  expect((await lab.launch({ runId: 'other', generation: 1 })).exitCode).toBe(0);
  expect(await stamps('shard-1-of-2')).toEqual(kept);
});
