import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkpointName, progressName, reconcileName, shardName } from '@etl/pipeline/layout';
import { commitFolderName } from '@etl/storage/commitFolder';
import { Lab, lenient } from './lab';

const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('');
const plain = `a,b\n${lines(100, (n) => `${n},x`)}`;
/** The last row has a fraction in the first column, which only the last shard sees. */
const widened = `a,b\n${lines(100, (n) => `${n === 99 ? '0.5' : n},x`)}`;

let lab: Lab;
const open = async (csv: string | Buffer, options = lenient) => {
  lab = await Lab.create(csv, 5, options);
  return lab;
};
afterEach(() => lab.remove());

const json = async (uri: string) => JSON.parse(await readFile(lab.pathOf(uri), 'utf8'));
const isPart = (name: string) => name.startsWith('part-');
const works = () => readdir(lab.pathOf(lab.place.works));

/** Returns the files of a work folder, with attributes that change when a file is rewritten. */
async function stamps(runId: string): Promise<Record<string, string>> {
  const folder = lab.pathOf(lab.place.work(runId, 1));
  const files = await readdir(folder, { recursive: true });
  const entries = files.map(async (file) => {
    const { ino, mtimeMs, size } = await stat(join(folder, file));
    return [file, `${ino} ${mtimeMs} ${size}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

test('shards warn about a changed schema like one task', async () => {
  await open(plain);
  await lab.launch({});
  await writeFile(lab.path, widened);
  const { manifest } = await lab.fanOut(3);
  expect(manifest?.warnings).toEqual(['schema differs from 2026-02-08/s: a was integer and is double']);
  expect(manifest?.schemaChanges?.types).toEqual([{ name: 'a', was: 'integer', is: 'double' }]);
});

describe('the files of the tasks', () => {
  test('are an index, a report per shard, and one manifest that counts all of them', async () => {
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
    // Only its own range.
    expect(progress.bytesTotal).toBeLessThan(plain.length / 3);
    expect(progress.bytesRead).toBe(progress.bytesTotal);

    const { manifest } = await lab.commit(4, indexUri);
    expect(manifest).toMatchObject({ runId: lab.runId, generation: 2, chunks: 20, reused: 0 });
    expect(manifest?.resources.bytesRead).toBeGreaterThanOrEqual(2 * (plain.length - 4));
    expect(manifest?.startedAt).toBe(startedAt);
    // The parts are in the commit folder. The index and the work of the shards are removed.
    expect(await works()).toEqual([]);
    if (!manifest) throw new Error('no manifest');
    expect((await readdir(lab.pathOf(lab.place.commitFolder(commitFolderName(manifest))))).sort()).toEqual(
      Array.from({ length: 20 }, (_, n) => `part-000${String(n + 1).padStart(2, '0')}.parquet`),
    );
    // A commit that is launched again, because the first result was lost, finds the batch committed.
    expect(await lab.commit(4, indexUri)).toMatchObject({ exitCode: 0, manifest: { generation: 2 } });
  });

  test('the lengths of texts cover all shards, also after a reconciliation', async () => {
    await open(`a,b,c\n${lines(100, (n) => `${n},${n === 60 ? 'ñandú' : 'x'},${n === 99 ? 'the end' : 12345678}`)}`);
    const { manifest, reconciled } = await lab.fanOut(4);
    expect([reconciled, manifest?.schema.map(({ maxBytes }) => maxBytes)]).toEqual([true, [undefined, 7, 8]]);
  });

  test('the lengths of texts are absent if one shard did not record them', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shards(4, indexUri, {});
    // An earlier program of this version wrote files without lengths.
    for (const name of [shardName, checkpointName]) {
      const uri = lab.work('shard-2-of-4', 1, name);
      const { chunks, ...report } = await json(uri);
      const withoutLengths = chunks.map(({ maxBytes: _, ...chunk }: { maxBytes: number[] }) => chunk);
      await writeFile(lab.pathOf(uri), JSON.stringify({ ...report, chunks: withoutLengths }));
    }
    const { manifest } = await lab.commit(4, indexUri);
    expect(manifest?.schema.map(({ name, type }) => `${name} ${type}`)).toEqual(['a integer', 'b text']);
    expect(manifest?.schema.map(({ maxBytes }) => maxBytes)).toEqual([undefined, undefined]);
  });

  test('shards without chunks log a note and succeed', async () => {
    await open('a\n1\n2\n');
    const indexUri = await lab.index();
    const ends = await Promise.all([1, 2, 3].map((number) => lab.shard(number, 3, indexUri)));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const idle = ends.filter(({ log }) => log.some((line) => line.event === 'note' && /nothing to do/.test(line.text)));
    expect(idle).toHaveLength(2);
    expect((await lab.commit(3, indexUri)).manifest?.parts).toHaveLength(1);
  });

  test('many stale chunks give exit code 79 with a reconciliation, and only stale chunks are rewritten', async () => {
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
    expect(await works()).toEqual([]);
  });
});

describe('failures', () => {
  test('a missing shard gives exit code 75 with its name, and only it is converted again', async () => {
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

  test('a removed part is a missing chunk', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shards(2, indexUri, {});
    await rm(lab.pathOf(lab.work('shard-1-of-2', 1, 'part-00003.parquet')));
    expect(await lab.commit(2, indexUri)).toMatchObject({
      exitCode: 75,
      cause: expect.stringMatching(/1\/2 lacks chunk 3$/),
    });
    await lab.shard(1, 2, indexUri, { generation: 2 });
    expect((await readdir(lab.pathOf(lab.place.work('shard-1-of-2', 2)))).filter(isPart)).toEqual([
      'part-00003.parquet',
    ]);
    expect((await lab.commit(2, indexUri)).manifest?.parts).toHaveLength(20);
  });

  test.each<[string, (report: Record<string, unknown>) => unknown]>([
    ['no hints', ({ hints: _, ...rest }) => rest],
    ['no chunks', (report) => ({ ...report, chunks: 3 })],
    ['an invalid chunk', (report) => ({ ...report, chunks: [null] })],
    ['a JSON value that is not an object', () => null],
  ])('ignores a report that has %s', async (_what, change) => {
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

  test('two launches of one shard at once both report, and the commit uses either', async () => {
    await open(plain);
    const indexUri = await lab.index();
    const both = [1, 2].map((generation) => lab.shard(1, 2, indexUri, { generation }));
    const all = await Promise.all([...both, lab.shard(2, 2, indexUri)]);
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const { manifest } = await lab.commit(2, indexUri);
    const alone = await (await lab.beside()).launch({});
    expect((await lab.published(manifest)).parts).toEqual((await lab.published(alone.manifest)).parts);
  });

  test('resumes from the work of another number of shards, and of one task', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shard(2, 5, indexUri);
    await lab.shard(4, 5, indexUri);
    await lab.shards(2, indexUri, {});
    const numbers = async (runId: string) =>
      (await readdir(lab.pathOf(lab.place.work(runId, 1)))).filter((name) => name.startsWith('part-')).length;
    expect([await numbers('shard-1-of-2'), await numbers('shard-2-of-2')]).toEqual([6, 6]);
    // One task instead of the commit has nothing left to convert.
    const { manifest } = await lab.launch({});
    expect(manifest).toMatchObject({ reused: 20, resources: { bytesWritten: 0 } });
  });

  test('hints of the columns do not grow from shard to shard', async () => {
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

  test('one task converts the gaps between the chunks of shards', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await lab.shard(2, 4, indexUri);
    await lab.shard(4, 4, indexUri);
    const { manifest } = await lab.launch({});
    expect(manifest).toMatchObject({ chunks: 20, reused: 10 });
    const alone = await (await lab.beside()).launch({});
    expect((await lab.published(manifest)).parts).toEqual((await lab.published(alone.manifest)).parts);
  });

  test('fails if the source has changed since it was indexed', async () => {
    await open(plain);
    const indexUri = await lab.index();
    await writeFile(lab.path, plain.replace('7,x', '8,x'));
    expect(await lab.shard(1, 2, indexUri)).toMatchObject({
      exitCode: 80,
      cause: expect.stringContaining('has changed'),
    });
    expect(await lab.commit(2, indexUri)).toMatchObject({ exitCode: 80 });
  });

  test('a source that is not seekable gives exit code 78 with the remedy', async () => {
    await open(gzipSync(plain));
    const { exitCode, cause } = await lab.launch({ mode: { kind: 'index' } });
    expect({ exitCode, cause }).toEqual({
      exitCode: 78,
      cause: expect.stringMatching(/is gzip.*in one task with MODE=convert/),
    });
  });

  test('an unclosed quote fails the index like a conversion', async () => {
    await open('a,b\n1,x\n2,"y\n3,z\n');
    expect(await lab.launch({ mode: { kind: 'index' } })).toMatchObject({
      exitCode: 65,
      cause: (await lab.launch({})).cause,
    });
  });

  test('the limit of rejects applies to the whole file', async () => {
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
    // A shard that exceeds the limit alone fails.
    await open(csv, { columns, rejects: { maxRows: 3 } });
    await expect(lab.fanOut(4)).rejects.toThrow(/shard 1\/4: exit code 65: 5 of 5 rows rejected, at most 3 allowed/);
  });
});

describe('an invalid index', () => {
  const changes: readonly (readonly [string, (index: Record<string, unknown>) => unknown, RegExp])[] = [
    ['is not JSON', () => '{', /is not JSON/],
    ['is null', () => 'null', /not an index of version 1/],
    ['is of another version', (index) => ({ ...index, version: 2 }), /not an index of version 1: version/],
    ['has an unknown key', (index) => ({ ...index, extra: 1 }), /extra: unknown key/],
    ['was built with other options', (index) => ({ ...index, optionsHash: 'x' }), /other options/],
    ['was built by another program', (index) => ({ ...index, program: 'x@1' }), /built by x@1/],
    [
      'has chunks that go backwards',
      (index) => ({ ...index, chunks: [...(index.chunks as [])].reverse() }),
      /invalid chunk 1/,
    ],
    ['has too few chunks', (index) => ({ ...index, chunks: [] }), /0 chunks of 100 rows/],
    ['ends after the source', (index) => ({ ...index, end: { row: 101, line: 102, byte: 1e9 } }), /ends at row/],
    ['has hints for fewer columns', (index) => ({ ...index, hints: [] }), /hints of 0 columns/],
    ['has text instead of a number', (index) => ({ ...index, rows: '100' }), /rows: "100"/],
    [
      'starts a chunk in the middle of a row',
      (index) => ({
        ...index,
        chunks: (index.chunks as { byte: number }[]).map((at, n) => (n === 1 ? { ...at, byte: at.byte - 4 } : at)),
      }),
      /has wrong bounds of (chunk|a row group)/,
    ],
  ];

  test.each(changes)('that %s gives exit code 78 and no report', async (_what, change, words) => {
    await open(plain);
    const indexUri = await lab.index();
    const changed = change(await json(indexUri));
    await writeFile(lab.pathOf(indexUri), typeof changed === 'string' ? changed : JSON.stringify(changed));
    const { exitCode, cause } = await lab.shard(1, 2, indexUri);
    expect({ exitCode, cause }).toEqual({ exitCode: 78, cause: expect.stringMatching(words) });
    await expect(json(lab.work('shard-1-of-2', 1, shardName))).rejects.toThrow('ENOENT');
  });

  test('a missing index and an invalid reconciliation give exit code 78', async () => {
    await open(plain);
    expect(await lab.shard(1, 2, `${lab.place.works}/none.json`)).toMatchObject({
      exitCode: 78,
      cause: expect.stringContaining('build it with MODE=index'),
    });
    const indexUri = await lab.index();
    const end = await lab.shard(1, 2, indexUri, { reconcileUri: indexUri });
    expect(end).toMatchObject({ exitCode: 78, cause: expect.stringContaining('is not a reconciliation') });
  });

  test.each([
    ['invalid evidence', { seen: [{ integers: 'many' }, {}], hints: [{}, {}] }, 'is not a reconciliation'],
    ['evidence of different widths', { seen: [{}, {}], hints: [] }, 'is not a reconciliation'],
    ['other columns', { seen: [{}], hints: [{}] }, 'has 1 columns, but the file has 2'],
  ])('a reconciliation with %s gives exit code 78', async (_what, known, words) => {
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

test('cleanup after another commit keeps the files that a running shard needs', async () => {
  await open(plain);
  const indexUri = await lab.index();
  await lab.shard(1, 2, indexUri);
  // Meanwhile, another run converts and commits a correction.
  const kept = await stamps('shard-1-of-2');
  const old = new Date(Date.now() - 3_600_000);
  await utimes(lab.path, old, old);
  expect((await lab.launch({ runId: 'other', generation: 1 })).exitCode).toBe(0);
  expect(await stamps('shard-1-of-2')).toEqual(kept);
});
